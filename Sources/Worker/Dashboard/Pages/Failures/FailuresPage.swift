import Base
import Inspect
import JSON

/// `/failures`: what failed, by cause, and what helps.
enum FailuresPage {
    private static let limit = 100

    static func make(_ request: PageRequest) async throws -> Page {
        let groups = try await request.data.connection.failureGroups(limit: limit)
        let total = groups.reduce(0) { $0 + $1.events }
        let list: HTML =
            groups.isEmpty
            ? """
            <section class="card">\(.empty("Nothing failed", "What fails after all its retries shows up here, by cause."))</section>
            """
            : groups.map { card($0, request) }.joined()
        let summary =
            groups.isEmpty
            ? "No event waits for somebody"
            : "\(Number.counted(total, "event")) failed for \(Number.counted(groups.count, "reason"))"
        return Page(
            "Failures",
            in: .failures,
            json: .object(["failures": .array(groups.map(\.json))]),
            """
            <div class="head"><div><h1>Failures</h1><p class="sub">\(summary)</p></div></div>\(try request.done)\(list)
            """
        )
    }

    private static func card(_ group: FailureGroup, _ request: PageRequest) -> HTML {
        let search = LinkQuery(["status": "failed", "type": group.type, "error": group.searchText])
        let replay: HTML? =
            request.mayAct()
            ? "<a class=\"button\" href=\"\(request.link("/events/replay" + search.text))\">Replay \(Number.grouped(group.events))…</a>"
            : nil
        let help: HTML? = group.help.map { "<p><strong>What helps</strong> \($0)</p>" }
        return """
            <section class="card"><header><h2>\(.status(Number.counted(group.events, "event"), .bad)) \
            <span class="soft">\(group.type), \(Number.counted(group.repositories, "repository", "repositories"))</span></h2>\
            <span class="actions">\(replay)</span></header>\
            <p><code>\(group.error)</code></p>\(help)\
            <p class="more"><span class="soft">first \(.time(group.firstReceived, now: request.now)), last \
            \(.time(group.lastFailed, now: request.now))</span><span><a \
            href="\(request.link("/events/\(group.example.text)"))">Example</a> · <a \
            href="\(request.link("/events" + search.text))">All of them</a></span></p></section>
            """
    }
}
