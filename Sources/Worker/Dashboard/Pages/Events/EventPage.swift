import Base
import Database
import Foundation
import Inspect
import JSON

/// `/events/ID`: what became of one event, and why.
enum EventPage {
    static func make(_ request: PageRequest) async throws -> Page {
        let connection = request.data.connection
        guard let event = try await connection.eventDetail(request.captures[0]) else {
            throw PageProblem(
                404,
                "No such event",
                "No event has the id or delivery id '\(request.captures[0])': it may have been pruned."
            )
        }
        let record = try await connection.event(event.id.text)
        let actions =
            try await PageRequest.permitted { try await connection.operatorActions(on: event.id, limit: 20) } ?? []
        let json = record.map { JSONValue.members($0.json(actions)) } ?? .null
        var workspaces: [String: String] = [:]
        if request.site.plane != nil, let id = event.repositoryID {
            workspaces =
                try await PageRequest.permitted { try await connection.workspaces(following: id) } ?? [:]
        }
        let view = EventView(
            request: request,
            event: event,
            workspaces: workspaces,
            body: try await body(of: event, request, connection),
            actions: actions
        )
        return Page(event.name, in: .events, json: json, try view.html)
    }

    /// What a page shows of the body of a delivery.
    enum Body: Sendable {
        case text(String, bytes: Int)
        case hidden
        /// The role of this program in the database may not read bodies.
        case forbidden
    }

    private static func body(
        of event: EventDetail,
        _ request: PageRequest,
        _ connection: Connection
    ) async throws -> Body {
        guard request.site.maySeePayloads(request.visitor) else { return .hidden }
        do {
            let bytes = try await connection.payload(of: event.id)
            return .text(String(decoding: bytes, as: UTF8.self), bytes: bytes.count)
        } catch let error as DatabaseError where error.sqlState == "42501" {
            return .forbidden
        }
    }
}

/// The page of one event.
struct EventView {
    let request: PageRequest
    let event: EventDetail
    /// By the identifiers of projects; empty where nothing links to Plane.
    let workspaces: [String: String]
    let body: EventPage.Body
    let actions: [OperatorAction]

    var html: HTML {
        get throws {
            let repository: HTML? = event.repository.map { " in \($0)" }
            return """
                <div class="head"><div><p class="crumb"><a href="\(request.link("/events"))">Events</a></p>\
                <h1>\(event.name)\(repository)</h1></div>\(replay)</div>\(try request.done)\
                \(sentence)<div class="grid">\(outcome)\(way)</div>\(facts)\(payload)
                """
        }
    }

    /// The first answer: how it stands, in a sentence.
    private var sentence: HTML {
        let (tone, text): (Tone, String) =
            switch event.status {
            case .pending where event.retries > 0:
                (.warn, "It failed \(Number.counted(event.retries, "time")) and is tried again.")
            case .pending: (.soft, "It waits for a worker.")
            case .processing: (.run, "A worker has it now.")
            case .failed: (.bad, "It failed, and nothing of it is in Plane.")
            case .completed:
                switch event.result?.outcome {
                case "ignored": (.soft, "It changed nothing: \(event.result?.reason ?? "the settings leave it out").")
                case "superseded": (.ok, "It changed nothing, because Plane has something newer already.")
                default: (.ok, "It was applied.")
                }
            }
        let icon: Icon = tone == .ok ? .ok : tone == .bad ? .fail : tone == .warn ? .alert : tone == .run ? .run : .wait
        return """
            <p class="sentence"><span class="\(tone.rawValue)">\(icon.html)</span><span>\(text)</span></p>
            """
    }

    private var outcome: HTML {
        var lines: [HTML] = []
        if let error = event.error {
            lines.append("<li>\(Icon.fail.html)<span class=\"bad\">Error</span> \(error)</li>")
        }
        for project in event.result?.projects ?? [] {
            let place: HTML
            if let issue = project.issue {
                place = "<a href=\"\(request.link("/issues/\(issue)"))\"><strong>\(issue)</strong></a>"
            } else {
                place = "Project <strong>\(project.project)</strong>"
            }
            for change in project.changes { lines.append("<li>\(Icon.ok.html)\(place): \(change)</li>") }
        }
        if let reason = event.result?.reason { lines.append("<li>\(Icon.skip.html)\(reason)</li>") }
        for person in event.result?.unmapped ?? [] {
            lines.append(
                """
                <li>\(Icon.people.html)\(person.login) has no Plane user (<a \
                href="\(request.link("/people"))">map them</a>)</li>
                """
            )
        }
        let content: HTML =
            lines.isEmpty
            ? .empty(event.isFinished ? "Nothing is on record" : "Nothing yet", "It shows when a worker is done.")
            : "<ul class=\"log\">\(lines)</ul>"
        return .card("What became of it", content)
    }

    /// From receipt to completion, with the waits between.
    private var way: HTML {
        var lines: [HTML] = [step(.ok, "Received", event.received, nil)]
        let wait = event.claimed.map { Double($0.microseconds - event.received.microseconds) / 1_000_000 }
        if let claimed = event.claimed {
            lines.append(
                step(
                    .run,
                    event.claimedBy.map { "Claimed by \($0)" } ?? "Claimed",
                    claimed,
                    wait.map { "after \(Number.duration($0))" }
                )
            )
        }
        if let finished = event.finished {
            let work = event.claimed.map { Double(finished.microseconds - $0.microseconds) / 1_000_000 }
            lines.append(
                step(
                    event.status == .failed ? .fail : .ok,
                    event.status == .failed ? "Given up" : "Completed",
                    finished,
                    work.map { "after \(Number.duration($0))" }
                )
            )
        } else if event.status == .pending {
            lines.append(step(.wait, event.retries > 0 ? "Tried again" : "Due", event.dueAt, nil))
        }
        lines.insert(contentsOf: event.attempts.map(attempt), at: 1)
        if event.retries > 0 || event.crashes > 0 {
            let crashes = event.crashes > 0 ? ", \(Number.counted(event.crashes, "lost worker"))" : ""
            lines.append(
                "<li>\(Icon.skip.html)\(event.retries) of \(event.maxRetries) retries used\(crashes)</li>"
            )
        }
        for action in actions.reversed() {
            lines.append(
                "<li>\(Icon.people.html)\(action.words) <span class=\"t\">\(.time(action.at, now: request.now))</span></li>"
            )
        }
        return .card("Its way", "<ol class=\"log\">\(lines)</ol>")
    }

    private func attempt(_ attempt: EventAttempt) -> HTML {
        let time: HTML? = attempt.endedAt.map { .time($0, now: request.now) }
        return """
            <li>\(Icon.skip.html)\(attempt.words)\(attempt.worker.map { ", worker \($0)" }) <span class="soft">\(attempt.error)</span> \
            <span class="t">\(time)</span></li>
            """
    }

    private func step(_ icon: Icon, _ name: String, _ time: Timestamp, _ note: String?) -> HTML {
        "<li>\(icon.html)\(name) <span class=\"soft\">\(note)</span> <span class=\"t\">\(.time(time, now: request.now))</span></li>"
    }

    private var facts: HTML {
        .card(
            "Facts",
            .facts([
                ("Event", "<code>\(event.id.text)</code>"),
                ("Delivery", "<code>\(event.deliveryID)</code>"),
                ("Type", "\(event.name)"),
                ("Caused by", event.sender.map { .external(request.site.gitHubPage($0), $0) }),
                ("About", about), ("In Plane", inPlane),
                ("Repository", event.repository.map { HTML.external(request.site.gitHubPage($0), $0) }),
            ])
        )
    }

    /// The issue or pull request that it is about, here and on GitHub.
    private var about: HTML? {
        guard let repository = event.repository, let number = event.subject else { return nil }
        return """
            <a href="\(request.link("/issues/\(repository)/\(number)"))">\(repository)#\(number)</a> \
            (\(.external(request.site.gitHubPage("\(repository)/issues/\(number)"), "on GitHub")))
            """
    }

    /// The pages in Plane of the issues that it changed.
    private var inPlane: HTML? {
        let links = (event.result?.projects ?? []).compactMap { project -> HTML? in
            guard let name = project.issue, let workspace = workspaces[project.project] else {
                return nil
            }
            return request.site.planeIssue(name, in: workspace)
        }
        return links.isEmpty ? nil : links.joined(separator: ", ")
    }

    private var payload: HTML {
        switch body {
        case .hidden:
            return .card("Body", "<p class=\"soft\">The body of a delivery is shown to \(audience).</p>")
        case .forbidden:
            return .card(
                "Body",
                .missingRight("read bodies")
            )
        case .text(let text, let bytes):
            return .card(
                "Body",
                note: "\(Number.bytes(bytes)), as GitHub sent it",
                """
                <pre id="body" tabindex="0" aria-label="Body of the delivery">\(text)</pre>\
                <div class="more"><button type="button" data-copy="body" data-script-only hidden>Copy</button></div>
                """
            )
        }
    }

    private var audience: String {
        switch request.site.payloads {
        case .nobody: "nobody"
        case .viewer: "whoever signs in"
        case .operator: "operators and admins only"
        case .admin: "admins only"
        }
    }

    private var replay: HTML? {
        guard request.mayAct(), event.isFinished else { return nil }
        return """
            <form method="post" action="\(request.link("/events/replay"))">\
            <input type="hidden" name="id" value="\(event.id.text)"><input type="hidden" name="back" value="event">\
            <button\(" class=\"primary\"", when: event.status == .failed)>Replay</button></form>
            """
    }
}
