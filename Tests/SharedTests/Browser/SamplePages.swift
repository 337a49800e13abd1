import HTTP

/// Small pages: a good one, and for each check one that is bad in its way and in no other.
enum SamplePages {
    static let service = HTTPService { head in
        switch head.path {
        case "/style.css": .respond(.text(200, style, type: "text/css"))
        case "/hang.css": .respond(.text(500, "", type: "text/css"))
        case let path where path.hasSuffix(".js"):
            .respond(.text(200, scripts[path] ?? "", type: "text/javascript"))
        case let path: .respond(pages[path].map { page($0, script: path) } ?? .notFound)
        }
    }

    static let policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:"

    private static func page(_ body: String, script: String) -> HTTPResponse {
        let html = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sample</title>
            <meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
            <link rel="stylesheet" href="/style.css"><script src="\(script).js" defer></script></head>
            <body class="\(script.dropFirst())">\(body)</body></html>
            """
        var response = HTTPResponse.text(200, html, type: "text/html; charset=utf-8")
        response.fields.append("Content-Security-Policy", policy)
        return response
    }

    private static let style = """
        :root { color-scheme: light dark; --ink: #222; --paper: #fff; --link: #0645ad }
        @media (prefers-color-scheme: dark) { :root { --ink: #ddd; --paper: #111; --link: #8ab4f8 } }
        body { color: var(--ink); background: var(--paper); margin: 1em }
        a { color: var(--link) }
        .wide p { width: 2000px }
        .narrow p { width: 500px }
        .unseen button:focus { outline: none }
        .pale p { color: #999; background: #fff }
        .faint p { opacity: 0.4 }
        @media (prefers-color-scheme: dark) { .dim p { color: #555 } }
        .shaded button:focus { outline: none; box-shadow: 0 0 0 3px var(--link) }
        .hidden { visibility: hidden }
        """

    private static let scripts = [
        "/good.js": """
        document.querySelector('output').textContent = 'scripted';
        document.querySelector('form').addEventListener('submit', event => {
            event.preventDefault();
            document.querySelector('output').textContent = 'hello ' + document.querySelector('#name').value;
        });
        """,
        "/fails.js": "throw new Error('this script fails')",
        "/reports.js": "console.error('this page reports')",
        "/late.js": "document.body.insertAdjacentHTML('beforeend', '<h2>Only now</h2><a href=\"/x\">late</a>')",
    ]

    private static let pages = [
        "/good": """
        <h1>Good</h1><p>Text with <a href="/other">a link</a>, <span class="hidden">hidden text</span>.</p>
        <form><label>Name <input id="name" name="name"></label> <label><input type="checkbox" name="c"> Check</label>
        <fieldset><legend>One of</legend><label><input type="radio" name="r" value="1" checked> 1</label>
        <label><input type="radio" name="r" value="2"> 2</label></fieldset>
        <label>Choose <select name="s"><option>a</option><option>b</option></select></label>
        <label>Words <textarea name="t"></textarea></label> <button>Send</button> <button disabled>Never</button></form>
        <details><summary>More</summary><p>Further text</p></details><output></output>
        """,
        "/other": "<h1>Other</h1>",
        "/fails": "<p>Its script fails.</p>",
        "/reports": "<p>Its script reports.</p>",
        "/lost": "<img alt=\"lost\" src=\"data:image/png;base64,AA\"><link rel=\"stylesheet\" href=\"/hang.css\">",
        "/policy": "<p style=\"margin: 0\">Its style is forbidden.</p>",
        "/wide": "<p>Wider than the window</p>",
        "/narrow": "<p>Wider than a telephone</p>",
        "/nameless": "<button></button><input><a href=\"/x\"><img alt=\"\" src=\"data:,\"></a><select></select>",
        "/unreachable": "<button tabindex=\"-1\">No</button> <span role=\"button\">Neither</span> <button>Yes</button>",
        "/unseen": "<button>Where?</button> <a href=\"/x\">Here</a>",
        "/shaded": "<button>There</button>",
        "/pale": "<p>Gray on white</p><p>Once is enough</p>",
        "/faint": "<p>Half there</p>",
        "/dim": "<p>Dim in the dark</p>",
        "/late": "<h1>Early</h1>",
    ]
}
