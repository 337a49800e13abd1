// What the pages do with script: times stay right, fragments come from the stream, bodies can be copied.
// Everything works without it.
"use strict";
(() => {
  const body = document.body;
  const skew = Date.parse(body.dataset.now) - Date.now();

  // The same words as Duration.ago of the program.
  const ago = (seconds) => {
    const future = seconds < -1;
    const s = Math.abs(seconds);
    const text = s < 60 ? Math.floor(s) + " s" : s < 3600 ? Math.floor(s / 60) + " min"
      : s < 86400 ? Math.floor(s / 3600) + " h" : Math.floor(s / 86400) + " d";
    return future ? "in " + text : text + " ago";
  };
  const tick = () => {
    const now = Date.now() + skew;
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const text = ago((now - Date.parse(time.dateTime)) / 1000);
      if (time.textContent !== text) time.textContent = text;
    }
  };

  // Fragments. What the reader points at, or has the focus in, stays until they go on.
  const held = new Map();
  const isRead = (node) =>
    node.contains(document.activeElement) || (node.hasAttribute("data-hold") && node.matches(":hover"));
  const put = (node, html) => {
    held.delete(node.id);
    // A table that was opened stays open.
    const open = [...node.querySelectorAll("details")].map((one) => one.open);
    node.innerHTML = html;
    node.querySelectorAll("details").forEach((one, index) => { one.open = open[index] || false; });
    tick();
  };
  const release = () => {
    for (const [id, html] of held) {
      const node = document.getElementById(id);
      if (node && !isRead(node)) put(node, html);
    }
  };
  const newer = document.getElementById("newer");
  const take = (text) => {
    let message;
    try { message = JSON.parse(text); } catch { return; }
    if (message.id === "arrived" && newer) {
      const count = message.events.filter((id) => id > newer.dataset.after).length;
      newer.hidden = count === 0;
      newer.firstElementChild.textContent = (count < message.events.length ? count : count + "+") + " new";
      return;
    }
    const node = document.getElementById(message.id);
    if (!node || message.html === undefined) return;
    if (isRead(node)) held.set(message.id, message.html); else put(node, message.html);
  };

  // A browser opens six connections to a host: a page that nobody sees gives its own back.
  let stream = null;
  const state = document.getElementById("live");
  const say = (text) => { if (state && state.textContent !== text) state.textContent = text; };
  const open = () => {
    if (stream || document.hidden || !body.dataset.live) return;
    stream = new EventSource(body.dataset.live);
    stream.onopen = () => say("Live");
    stream.onmessage = (event) => take(event.data);
    stream.onerror = () => {
      say("Connecting…");
      // After an answer other than 200 the browser does not try again by itself.
      if (stream && stream.readyState === EventSource.CLOSED) { close(); setTimeout(open, 10000); }
    };
  };
  const close = () => { if (stream) { stream.close(); stream = null; } };
  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else { open(); tick(); } });
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  document.addEventListener("pointerover", release);
  document.addEventListener("focusin", release);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = document.getElementById(button.dataset.copy).textContent;
    const done = () => { button.textContent = "Copied"; };
    // Plain http has no clipboard: then the text is selected for the keyboard.
    if (navigator.clipboard) { navigator.clipboard.writeText(text).then(done); return; }
    getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
    button.textContent = "Selected";
  });
  for (const node of document.querySelectorAll("[data-script-only]")) node.hidden = false;
  const all = document.querySelector("[data-all]");
  if (all) all.addEventListener("change", () => {
    for (const box of document.querySelectorAll("input[name=id]")) box.checked = all.checked;
  });

  // On a phone the navigation is wider than the screen.
  const current = document.querySelector("nav [aria-current]");
  if (current) current.scrollIntoView({ block: "nearest", inline: "center" });

  tick();
  setInterval(tick, 5000);
  open();
})();
