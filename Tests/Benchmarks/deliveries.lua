-- What wrk sends: signed deliveries, each with an id of its own. BENCH_BODIES names the file of bodies and signatures.
local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init()
    local deliveries = dofile(os.getenv("BENCH_BODIES"))
    local random = io.open("/dev/urandom", "rb")
    local bytes = { random:read(8):byte(1, 8) }
    random:close()
    prefix = string.format("%02x%02x%02x%02x-%02x%02x-4%x%02x-8%03x-", bytes[1], bytes[2], bytes[3], bytes[4],
        bytes[5], bytes[6], bytes[7] % 16, bytes[8], number)
    heads, tails, count = {}, {}, 0
    for index, delivery in ipairs(deliveries) do
        heads[index] = "POST /api/webhooks/github-mcp/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            .. "User-Agent: GitHub-Hookshot/bench\r\nContent-Type: application/json\r\nX-GitHub-Event: issues\r\n"
            .. "X-GitHub-Delivery: "
        tails[index] = "\r\nX-Hub-Signature-256: " .. delivery.signature
            .. "\r\nContent-Length: " .. #delivery.body .. "\r\n\r\n" .. delivery.body
    end
end

function request()
    count = count + 1
    local index = count % #heads + 1
    return heads[index] .. prefix .. string.format("%012x", count) .. tails[index]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("wrk duration_us=%d requests=%d refused=%d broken=%d p50_us=%d p99_us=%d\n",
        summary.duration, summary.requests, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
