import Base
import Database
import HTTP
import Inspect
import JSON
import Sync

/// `/issues/GH-12`, `/issues/owner/name/12`: what happened to one issue, in words that a user of Plane understands.
enum IssuePage {
    /// `/issues`: asks which one, or shows the one that the box holds.
    static func find(_ request: PageRequest) async throws -> Page {
        guard let text = try request.field("q") else { return ask(request, note: nil) }
        guard let reference = IssueReference(text) else {
            return ask(request, note: "'\(text)' names no issue: write \(IssueReference.expected).")
        }
        return try await make(reference, request)
    }

    static func make(_ request: PageRequest) async throws -> Page {
        let text =
            request.captures.count == 1
            ? request.captures[0] : request.captures[0...1].joined(separator: "/") + "#" + request.captures[2]
        guard let reference = IssueReference(text) else { return ask(request, note: "'\(text)' names no issue.") }
        return try await make(reference, request)
    }

    private static func make(_ reference: IssueReference, _ request: PageRequest) async throws -> Page {
        do {
            let log = try await PageRequest.permitted {
                try await request.data.connection.issueLog(of: reference)
            }
            guard let log else {
                return Page(
                    reference.description,
                    in: .issues,
                    "<h1>\(reference.description)</h1>\(.card("What happened", .missingRight("read issues")))"
                )
            }
            let view = IssueView(log: log, reference: reference, request: request)
            return Page(view.title, in: .issues, json: log.json, view.html)
        } catch let failure as LookupFailure {
            return ask(request, note: PageProblem.sentence("\(failure)"))
        }
    }

    private static func ask(_ request: PageRequest, note: String?) -> Page {
        let problem: HTML? = note.map { "<p class=\"note warn\" role=\"status\">\($0)</p>" }
        return Page(
            "Issues",
            in: .issues,
            status: note == nil ? 200 : 404,
            json: .object(["error": .optional(note)]),
            """
            <div class="head"><div><h1>What happened to an issue?</h1>\
            <p class="sub">What came from GitHub, what it changed in Plane, and what Plane sent back</p></div></div>\
            \(problem)\(box(request, nil))
            """
        )
    }

    static func box(_ request: PageRequest, _ text: String?) -> HTML {
        """
        <form class="filters" method="get" action="\(request.link("/issues"))" role="search"><div class="find">\
        <label class="hidden" for="q">Issue</label><input id="q" name="q" type="search" required value="\(text)" \
        placeholder="GH-12, owner/name#12 or #12"><button class="primary">Show</button></div></form>
        """
    }
}

/// The log of one issue.
struct IssueView {
    let log: IssueLog
    let reference: IssueReference
    let request: PageRequest

    var title: String { log.found.issues.first?.title ?? reference.description }

    var html: HTML {
        let places = log.found.places.map { place -> HTML in
            .external(request.site.gitHubPage("\(place.repository)/issues/\(place.number)"), place.name)
        }
        let names = log.found.issues.map { issue -> HTML in
            "<strong>\(request.site.planeIssue(issue.name, in: issue.workspace))</strong>\(" (deleted)", when: issue.isDeleted)"
        }
        let cut: HTML? =
            log.isCut ? "<p class=\"note\">There is more: only the newest \(IssueLog.limit) are shown.</p>" : nil
        return """
            <div class="head"><div><p class="crumb"><a href="\(request.link("/issues"))">Issues</a></p>\
            <h1>\(title)</h1><p class="sub">\((names + places).joined(separator: " · "))</p></div></div>\
            \(cut)\(onItsWay)\(.card("What happened", note: "in GitHub's order, the newest at the end", entries))
            """
    }

    private var entries: HTML {
        guard !log.entries.isEmpty else {
            return .empty("Nothing on record", "What happened before the first event, or was pruned, is not shown.")
        }
        return "<ol class=\"log\">\(log.entries.map(entry))</ol>"
    }

    private func entry(_ entry: IssueLogEntry) -> HTML {
        let details = entry.details.map { detail -> HTML in "<br><span class=\"soft\">\(detail)</span>" }
        let event: HTML? = entry.eventID.flatMap { id in
            request.visitor.role >= .operator || !request.visitor.isSignedIn
                ? " · <a href=\"\(request.link("/events/\(id.text)"))\">event</a>" : nil
        }
        return """
            <li>\(icon(entry))\(entry.what) <span class="\(tone(entry).rawValue)">\(entry.outcomeWords)</span> \
            <span class="t">\(.time(entry.at, now: request.now))\(event)</span>\(details)</li>
            """
    }

    private func icon(_ entry: IssueLogEntry) -> HTML {
        switch entry.outcome {
        case .sent: Icon.out.html
        case .applied: Icon.ok.html
        case .failed: Icon.fail.html
        case .waiting: Icon.wait.html
        case .superseded, .ignored: Icon.skip.html
        }
    }

    private func tone(_ entry: IssueLogEntry) -> Tone {
        switch entry.outcome {
        case .applied, .sent: .ok
        case .failed: .bad
        case .waiting: .run
        case .superseded, .ignored: .soft
        }
    }

    /// What is to go to GitHub, or is held up.
    private var onItsWay: HTML? {
        guard !log.open.isEmpty else { return nil }
        let lines = log.open.map { record -> HTML in
            let words = record.words.isEmpty ? record.standing.rawValue : "\(record.standing.rawValue): \(record.words)"
            return "<li>\(Icon.out.html)\(record.kind == .comment ? "A comment" : record.issue) \(words)</li>"
        }
        return .card("On its way to GitHub", "<ul class=\"log\">\(lines)</ul>")
    }
}
