"""A receiver of GitHub's deliveries as Python does it fast: uvicorn, asyncpg, and one insert for all that wait.

uvicorn grouped:application, with PG* naming the database and GITHUB_WEBHOOK_SECRET_FILE the file of the secret.
"""

import asyncio
import hmac
import os
import time
import uuid

import asyncpg
import orjson

INSERT = """
    insert into bench.peer_events
        (id, delivery_id, event_type, action, repository_id, repository_name, repository_sync_id, payload)
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[],
        $7::uuid[], $8::text[])
    on conflict (delivery_id) do nothing
"""
STORED = "select delivery_id, id from bench.peer_events where delivery_id = any ($1)"
REPOSITORY = """
    select sync.id from public.github_repository_syncs as sync
    join public.github_repositories as repository on repository.id = sync.repository_id
    where repository.repository_id = $1 and sync.deleted_at is null
"""
ERRORS = {401: "bad_signature", 400: "bad_request", 404: "not_found", 413: "too_large", 503: "unavailable"}
with open(os.environ["GITHUB_WEBHOOK_SECRET_FILE"], "rb") as file:
    secret = file.read().strip()
waiting, looking_up, repositories = asyncio.Queue(maxsize=4096), asyncio.Lock(), {}


async def write(connection):
    """One transaction after the other: while one commits, the next group gathers."""
    while True:
        group = [await waiting.get()]
        while len(group) < 64 and not waiting.empty():
            group.append(waiting.get_nowait())
        ids, failure = {}, None
        try:
            if await connection.execute(INSERT, *zip(*(row for row, _ in group))) != f"INSERT 0 {len(group)}":
                ids = dict(await connection.fetch(STORED, [row[1] for row, _ in group]))
        except Exception as error:
            failure = error
        for row, stored in group:
            if not stored.done():
                stored.set_exception(failure) if failure else stored.set_result(ids.get(row[1], row[0]))


async def find_repository(github_id):
    """The sync of a repository, known for half a minute; also that there is none."""
    sync, until = repositories.get(github_id, (None, 0))
    if until < time.monotonic():
        async with looking_up:
            sync = await lookups.fetchval(REPOSITORY, github_id)
        repositories[github_id] = (sync, time.monotonic() + 30)
    return sync


async def answer(headers, body):
    """The status and the event's id for a delivery."""
    signature = b"sha256=" + hmac.digest(secret, body, "sha256").hex().encode()
    if not hmac.compare_digest(signature, headers.get(b"x-hub-signature-256", b"")):
        return 401, None
    event, delivery = headers.get(b"x-github-event", b"").decode(), headers.get(b"x-github-delivery", b"").decode()
    if event not in ("issues", "issue_comment", "pull_request"):
        return 200 if event else 400, None
    try:
        document = orjson.loads(body)
        repository, action = document["repository"], document.get("action")
        github_id, name = repository["id"], repository["full_name"]
    except (ValueError, KeyError, TypeError):
        return 400, None
    sync = await find_repository(github_id)
    if sync is None or not delivery:
        return 400 if sync else 404, None
    # A UUID of version 7: the time in front keeps new keys together in the index.
    bits = int.from_bytes(os.urandom(10), "big") & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0x2 << 62
    event_id = uuid.UUID(int=time.time_ns() // 1_000_000 << 80 | bits)
    stored = asyncio.get_running_loop().create_future()
    await waiting.put(((event_id, delivery, event, action, github_id, name, sync, body.decode()), stored))
    return 202, await stored


async def application(scope, receive, send):
    global lookups, writer
    if scope["type"] == "lifespan":
        await receive()
        lookups, writer = await asyncpg.connect(), asyncio.create_task(write(await asyncpg.connect()))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        return await send({"type": "lifespan.shutdown.complete"})
    parts, size, more = [], 0, True
    while more and size <= 26_214_400:
        message = await receive()
        parts.append(message.get("body", b""))
        size, more = size + len(parts[-1]), message.get("more_body", False)
    if scope["path"].rstrip("/") != "/api/webhooks/github-mcp" or scope["method"] != "POST":
        status, event_id = 404, None
    elif size > 26_214_400:
        status, event_id = 413, None
    else:
        try:
            status, event_id = await answer(dict(scope["headers"]), b"".join(parts))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            status, event_id = 503, None
    message = "Event queued for processing" if event_id else "Event ignored"
    body = orjson.dumps({"error": ERRORS[status]} if status >= 400 else {"message": message, "event_id": event_id})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
