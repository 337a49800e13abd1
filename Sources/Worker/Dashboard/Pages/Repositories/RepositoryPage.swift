import Base
import Database
import Inspect
import JSON

/// `/repositories/owner/name`: one repository, what waits, what failed and what came last.
enum RepositoryPage {
    static func make(_ request: PageRequest) async throws -> Page {
        let name = "\(request.captures[0])/\(request.captures[1])"
        let connection = request.data.connection
        guard
            let records = try await PageRequest.permitted({ try await connection.repositoryRecords(name) }
            )
        else {
            return Page(
                name,
                in: .repositories,
                """
                <h1>\(name)</h1>\(.card("Connection", .missingRight("read which repositories are connected")))
                """
            )
        }
        guard let record = records.first else {
            throw PageProblem(404, "Not connected", "No project follows \(name).")
        }
        let search = try EventSearch { field in field == "repository" ? record.name : nil }
        let lines = try await connection.events(search.filter(now: request.now), limit: 20)
        let settings = try await RepositorySettings.cards(of: record.name, request)
        let state = record.state(now: request.now)
        let events: HTML =
            lines.isEmpty
            ? .empty("Nothing came yet", "Look at the webhook's recent deliveries on GitHub.")
            : .table(
                "Latest events",
                EventRow.columns(withCheck: false),
                lines.map { EventRow(event: $0, site: request.site, now: request.now).html(withCheck: false) },
                stacks: true
            ) + "<p class=\"more\"><a href=\"\(request.link("/events" + search.query.text))\">All events</a></p>"
        let failed = request.link("/events" + search.query.with("status", "failed").text)
        return Page(
            record.name,
            in: .repositories,
            json: record.json,
            """
            <div class="head"><div><p class="crumb"><a href="\(request.link("/repositories"))">Repositories</a></p>\
            <h1>\(record.name)</h1></div>\(.status(state.word, state.tone))</div>\
            <dl class="figures">\(.figure("Waiting", "\(Number.grouped(record.pending))"))\
            \(.figure("In work", "\(Number.grouped(record.processing))"))\
            \(.figure("Failed", "<a href=\"\(failed)\">\(Number.grouped(record.failed))</a>"))\
            \(.figure("Completed", "\(Number.grouped(record.completedLastHour))", "in the last hour"))</dl>\
            \(.card(
                "Connection",
                .facts([
                    ("Projects", "\(record.projects.joined(separator: ", "))"),
                    ("Last event", .time(record.latest, now: request.now)),
                    ("Rate limit", record.perMinute.map { "\($0) events a minute" }),
                    ("On GitHub", .external(request.site.gitHubPage(record.name), record.name)),
                ])
            ))\(settings)\(.card("Latest events", events))
            """
        )
    }
}
