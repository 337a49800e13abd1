import Base
import Database
import Foundation
import GitHub
import Inspect
import JSON

/// `/events`: what came, the newest first.
enum EventsPage {
    static let pageSize = 50
    /// Beyond this number the page says "more than".
    static let countLimit = 10_000

    static func make(_ request: PageRequest) async throws -> Page {
        let search = try EventSearch { name throws(PageProblem) in try request.field(name) }
        let before = try request.field("before").map { text throws(PageProblem) in
            guard let id = UUID(uuidString: text) else {
                throw PageProblem(400, "Not understood", "The field before has no event id.")
            }
            return id
        }
        let connection = request.data.connection
        let found = try await PageRequest.permitted {
            try await connection.resolve(search.filter(now: request.now))
        }
        var count: String?
        var lines: [EventSummary] = []
        if var filter = found {
            let all = filter
            filter.before = before
            lines = try await connection.events(filter, limit: pageSize + 1)
            if all.isQuickToCount {
                count = try await countText(all, over: connection)
            } else if before == nil {
                count = countText(lines.count, upTo: pageSize)
            }
        }
        let shown = Array(lines.prefix(pageSize))
        let next = lines.count > pageSize ? shown.last?.id : nil
        let view = EventsView(
            request: request,
            search: search,
            lines: shown,
            before: before,
            next: next,
            count: count,
            mayFind: found != nil
        )
        return Page(
            "Events",
            in: .events,
            isLive: search.isEverything && before == nil,
            json: .object([
                "events": .array(shown.map(\.json)),
                "next": .optional(next?.text),
            ]),
            try view.html
        )
    }

    /// The exact number where it is not too large to count; nil where counting takes too long.
    private static func countText(_ filter: EventFilter, over connection: Connection) async throws -> String? {
        do {
            return countText(try await connection.eventCount(filter, upTo: countLimit + 1), upTo: countLimit)
        } catch let error as DatabaseError where error.cause == .timeout {
            return nil
        }
    }

    private static func countText(_ count: Int, upTo limit: Int) -> String {
        count > limit ? "more than \(Number.counted(limit, "event"))" : Number.counted(count, "event")
    }
}

/// The list of events with its filters.
struct EventsView {
    let request: PageRequest
    let search: EventSearch
    let lines: [EventSummary]
    let before: UUID?
    let next: UUID?
    let count: String?
    /// Whether this program's role may find what the search names.
    let mayFind: Bool

    private var mayReplay: Bool { request.mayAct() }

    var html: HTML {
        get throws {
            let first = lines.first?.id.text ?? ""
            let newer: HTML? =
                search.isEverything && before == nil
                ? """
                <p id="newer" class="pill" data-after="\(first)" hidden><a class="button primary" \
                href="\(request.link("/events"))">New</a></p>
                """ : nil
            return """
                <div class="head"><div><h1>Events</h1><p class="sub">\(summary)</p></div>\(replayAll)</div>\
                \(try request.done)\(filters)\(newer)<section class="card" aria-label="Events">\(list)</section>
                """
        }
    }

    /// Where a filter says which, all that failed can be replayed at once.
    private var replayAll: HTML? {
        guard mayReplay, search.status == .failed, !lines.isEmpty else { return nil }
        return
            "<a class=\"button\" href=\"\(request.link("/events/replay" + search.query.text))\">Replay all that match…</a>"
    }

    private var list: HTML {
        guard mayFind else { return .missingRight("find issues and projects") }
        guard !lines.isEmpty else {
            return search.isEverything
                ? .empty(
                    "Nothing was received yet",
                    "Connect a repository with <code>plane-worker connect</code> and add the webhook on GitHub."
                )
                : .empty("No event is like that", "<a href=\"\(request.link("/events"))\">Show all events</a>")
        }
        let rows = lines.map { EventRow(event: $0, site: request.site, now: request.now).html(withCheck: mayReplay) }
        let table = HTML.table("Events, newest first", EventRow.columns(withCheck: mayReplay), rows, stacks: true)
        guard mayReplay else { return table + pages }
        return """
            <form method="post" action="\(request.link("/events/replay"))">\(table)\
            <div class="more"><span class="actions"><label data-script-only hidden><input type="checkbox" data-all> \
            Choose all shown</label><button>Replay the chosen</button></span></div></form>\(pages)
            """
    }

    private var pages: HTML {
        let newest: HTML =
            before == nil ? "<span></span>" : "<a href=\"\(request.link("/events" + search.query.text))\">Newest</a>"
        let older: HTML? = next.map { id in
            "<a href=\"\(request.link("/events" + search.query.with("before", id.text).text))\" rel=\"next\">Older</a>"
        }
        return before == nil && next == nil
            ? "" : "<nav class=\"more\" aria-label=\"Older and newer\">\(newest)\(older)</nav>"
    }

    private var filters: HTML {
        let all: HTML? =
            search.isEverything ? nil : "<a class=\"button\" href=\"\(request.link("/events"))\">Clear</a>"
        return """
            <form class="filters" method="get" action="\(request.link("/events"))" role="search">\
            <div class="find"><label class="hidden" for="q">Find</label><input id="q" name="q" type="search" \
            value="\(search.text)" placeholder="Event or delivery id, #12, owner/name#12, GH-12, login">\
            <button class="primary">Find</button>\(all)</div>\
            \(choice("status", "Status", EventStatus.allCases.map { ($0.rawValue, $0.rawValue) }, search.status?.rawValue))\
            \(choice("type", "Type", EventType.allCases.map { ($0.rawValue, $0.rawValue) }, search.type?.rawValue))\
            \(input("action", "Action", search.action))\(input("repository", "Repository", search.repository))\
            \(input("project", "Project", search.project))\(choice("since", "Received", periods, search.since?.text))\
            \(until)\(input("error", "Error has", search.error))</form>
            """
    }

    private var summary: String {
        guard mayFind else { return "Not found" }
        return "\(count ?? "many events") \(search.isEverything ? "received" : "found")"
    }

    /// The choices of how far back, with the time that the address has.
    private var periods: [(String, String)] {
        let known = EventSearch.Period.allCases.map { ($0.rawValue, $0.name) }
        guard case .time(let text, _) = search.since else { return known }
        return known + [(text, "since \(text)")]
    }

    private var until: HTML {
        let text = search.until?.text
        let type: HTML = text.map(Moment.isDate) ?? true ? "date" : "text"
        return """
            <div><label for="until">Until</label><input id="until" name="until" type="\(type)" value="\(text)"></div>
            """
    }

    private func choice(_ name: String, _ title: String, _ words: [(String, String)], _ chosen: String?) -> HTML {
        let options = words.map { value, word -> HTML in
            "<option value=\"\(value)\"\(" selected", when: value == chosen)>\(word)</option>"
        }
        return """
            <div><label for="\(name)">\(title)</label><select id="\(name)" name="\(name)">\
            <option value="">any</option>\(options)</select></div>
            """
    }

    private func input(_ name: String, _ title: String, _ value: String?) -> HTML {
        "<div><label for=\"\(name)\">\(title)</label><input id=\"\(name)\" name=\"\(name)\" value=\"\(value)\"></div>"
    }
}
