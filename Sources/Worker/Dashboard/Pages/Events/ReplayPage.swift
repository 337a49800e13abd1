import Base
import Database
import Foundation
import HTTP
import Inspect
import JSON

/// `/events/replay`: gives events another run, after asking where a filter says which.
enum ReplayPage {
    /// Events that are made pending in one transaction.
    private static let batch = 500
    /// The most that one press of the button replays; a page must not work for minutes.
    static let limit = 10_000

    /// Asks, with the number.
    static func make(_ request: PageRequest) async throws -> Page {
        guard request.mayAct() else { throw PageProblem(403, "Not here", "You may look, and change nothing.") }
        var search = try EventSearch { name throws(PageProblem) in try request.field(name) }
        search.status = .failed
        let connection = request.data.connection
        let filter = try await connection.resolve(search.filter(now: request.now))
        let count = try await connection.eventCount(filter, upTo: limit + 1)
        let list = request.link("/events" + search.query.text)
        let question =
            count > limit
            ? "Replay the first \(Number.grouped(limit)) of more failed events?"
            : "Replay \(Number.counted(count, "failed event"))?"
        let content: HTML =
            count == 0
            ? """
            <h1>Replay</h1><section class="card">\(.empty("No failed event is like that", "<a href=\"\(list)\">Back</a>"))</section>
            """
            : """
            <h1>\(question)</h1><section class="card"><p>They wait for a worker again, with fresh retries. \
            What of them is in Plane already stays as it is.</p>\
            <form class="pad actions" method="post" action="\(request.link("/events/replay"))">\(search.query.hidden)\
            <input type="hidden" name="all" value="yes"><button class="primary">Replay \(Number.grouped(min(count, limit)))\
            </button><a class="button" href="\(list)">Cancel</a></form></section>
            """
        return Page("Replay", in: .events, json: .object(["matched": .int(count)]), content)
    }

    static func act(_ request: PageRequest) async throws -> String {
        if try request.formField("all") == "yes" {
            var search = try EventSearch { name throws(PageProblem) in try request.formField(name) }
            search.status = .failed
            let count = try await replayAll(search, request)
            return request.link("/events" + search.query.with("replayed", String(count)).text)
        }
        let ids = try chosen(request)
        guard !ids.isEmpty else { return request.link("/events?replayed=0") }
        let count = try await request.data.connection.replay(ids, completedToo: true, by: request.person)
        let place = try request.formField("back") == "event" ? "/events/\(ids[0].text)" : "/events"
        return request.link("\(place)?replayed=\(count)")
    }

    private static func chosen(_ request: PageRequest) throws(PageProblem) -> [UUID] {
        let texts: [String]
        do {
            texts = try request.form.all("id")
        } catch {
            throw PageProblem(400, "Not understood", String(describing: error))
        }
        let ids = texts.compactMap { UUID(uuidString: $0) }
        guard ids.count == texts.count, ids.count <= batch else {
            throw PageProblem(400, "Not understood", "The form names something that is no event.")
        }
        return ids
    }

    private static func replayAll(_ search: EventSearch, _ request: PageRequest) async throws -> Int {
        let connection = request.data.connection
        let filter = try await connection.resolve(search.filter(now: request.now))
        var count = 0
        var last: UUID?
        while count < limit {
            let ids = try await connection.replay(filter, after: last, limit: batch, by: request.person)
            guard let end = ids.last else { break }
            count += ids.count
            last = end
        }
        return count
    }
}

extension PageRequest {
    /// What the action before this page did, as a note; nil where there was none.
    var done: HTML? {
        get throws(PageProblem) {
            for (name, words) in Self.doneWords {
                guard let text = try field(name), let count = Int(text), count >= 0 else { continue }
                return "<p class=\"note\" role=\"status\">\(Number.grouped(count)) \(words).</p>"
            }
            return nil
        }
    }

    private static let doneWords: [(String, String)] = [
        ("replayed", "replayed: they wait for a worker now"), ("retried", "tried again"), ("approved", "approved"),
        ("dropped", "dropped: GitHub stays as it is"), ("cancelled", "asked to end"), ("mapped", "mapped"),
        ("unmapped", "unmapped"),
    ]

    /// Seconds from one load of the page to the next, for a browser without script; nil where nobody asked.
    var refresh: Int? {
        get throws(PageProblem) {
            guard let text = try field("refresh") else { return nil }
            // Bounded: an address that somebody sends around must not make browsers ask without end.
            return Int(text).map { min(max($0, 2), 60) }
        }
    }
}
