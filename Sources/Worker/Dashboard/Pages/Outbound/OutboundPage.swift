import Base
import Foundation
import HTTP
import Inspect
import JSON
import Sync

/// `/outbound`: what goes from Plane to GitHub, and what holds it up.
enum OutboundPage {
    private static let limit = 200

    static func make(_ request: PageRequest) async throws -> Page {
        let issue = try request.field("issue")
        let connection = request.data.connection
        guard
            let records = try await PageRequest.permitted({
                try await connection.outbound(issue: issue, limit: limit)
            })
        else {
            return Page(
                "To GitHub",
                in: .outbound,
                "<h1>To GitHub</h1>\(.card("Issues and comments", .missingRight("read issues")))"
            )
        }
        var reasons: [String] = []
        if let issue, records.isEmpty {
            do {
                reasons = try await connection.reasonsWhyNothingIsSent(for: issue)
            } catch let failure as LookupFailure {
                reasons = ["\(failure)"]
            }
        }
        let wants = records.filter { $0.standing == .wantsApproval }
        return Page(
            "To GitHub",
            in: .outbound,
            json: .object([
                "outbound": .array(records.map(\.json)), "reasons": .array(reasons.map(JSONValue.string)),
            ]),
            """
            <div class="head"><div><h1>To GitHub</h1><p class="sub">\(summary(records))</p></div>\(search(issue, request))</div>\
            \(try request.done)\(approval(wants, request))\
            <section class="card" aria-label="Issues and comments">\(list(records, reasons, issue, request))</section>
            """
        )
    }

    private static func summary(_ records: [OutboundRecord]) -> String {
        let waiting = records.count { $0.standing == .waits || $0.standing == .sending }
        let parked = records.count { $0.standing == .parked }
        return "\(Number.grouped(waiting)) wait, \(Number.grouped(parked)) parked"
    }

    private static func search(_ issue: String?, _ request: PageRequest) -> HTML {
        """
        <form class="actions" method="get" action="\(request.link("/outbound"))" role="search">\
        <label for="issue">Issue</label><input id="issue" name="issue" value="\(issue)" placeholder="GH-12">\
        <button>Find</button></form>
        """
    }

    private static func approval(_ wants: [OutboundRecord], _ request: PageRequest) -> HTML? {
        guard !wants.isEmpty else { return nil }
        let fields = wants.map { record -> HTML in "<input type=\"hidden\" name=\"id\" value=\"\(record.id.text)\">" }
        let button: HTML? =
            request.mayAct()
            ? """
            <form class="actions" method="post" action="\(request.link("/outbound/approve"))">\(fields)\
            <button class="danger">Delete \(Number.counted(wants.count, "object")) on GitHub</button></form>
            """ : nil
        return """
            <div class="note warn"><p>\(Icon.alert.html) \(Number.counted(wants.count, "deletion")) at once wait for \
            somebody's approval: it may have been a mistake in Plane.</p>\(button)</div>
            """
    }

    private static func list(
        _ records: [OutboundRecord],
        _ reasons: [String],
        _ issue: String?,
        _ request: PageRequest
    ) -> HTML {
        if let issue, records.isEmpty {
            let lines = reasons.map { reason -> HTML in "<li>\(Icon.skip.html)\(reason)</li>" }
            return "<header><h2>Why nothing of \(issue) is sent</h2></header><ul class=\"log\">\(lines)</ul>"
        }
        guard !records.isEmpty else {
            return .empty(
                "Nothing was ever sent",
                "Turn it on for a repository with <code>plane-worker configure --outbound</code>."
            )
        }
        let mayAct = request.mayAct()
        let rows = records.map { record -> HTML in
            let number = record.number.map { "#\($0)" } ?? ""
            let last: HTML? = mayAct ? "<td>\(decisions(record, request))</td>" : nil
            return """
                <tr><td>\(state(record.standing))</td><th scope="row">\(record.issue)\
                \(record.kind == .comment ? " comment" : "")</th><td>\(record.repository)\(number)</td>\
                <td class="w">\(record.words)</td><td class="t">\(.time(record.changedAt, now: request.now))</td>\(last)</tr>
                """
        }
        return .table(
            "Issues and comments",
            ["State", "Issue", "GitHub", .init("What", "w"), .init("Changed", "t")]
                + (mayAct ? [HTML.Column("Decide", "", isHidden: true)] : []),
            rows,
            stacks: true
        )
    }

    private static func state(_ standing: OutboundRecord.Standing) -> HTML {
        switch standing {
        case .waits: .status("waits", .soft, icon: .wait)
        case .sending: .status("sending", .run)
        case .sent: .status("sent", .ok)
        case .parked: .status("parked", .bad)
        case .wantsApproval: .status("wants approval", .warn)
        }
    }

    private static func decisions(_ record: OutboundRecord, _ request: PageRequest) -> HTML {
        func button(_ verb: String, _ word: String) -> HTML {
            """
            <form method="post" action="\(request.link("/outbound/\(verb)"))">\
            <input type="hidden" name="id" value="\(record.id.text)">\
            <button aria-label="\(word) \(record.issue)">\(word)</button></form>
            """
        }
        return switch record.standing {
        case .parked: "<div class=\"actions\">\(button("retry", "Retry"))\(button("drop", "Drop"))</div>"
        case .wantsApproval: "<div class=\"actions\">\(button("approve", "Approve"))\(button("drop", "Drop"))</div>"
        case .waits: button("drop", "Drop")
        case .sending, .sent: ""
        }
    }

    static func approve(_ request: PageRequest) async throws -> String {
        let count = try await request.data.connection.approveOutbound(ids(request), by: request.person)
        return request.link("/outbound?approved=\(count)")
    }

    static func retry(_ request: PageRequest) async throws -> String {
        let count = try await request.data.connection.retryOutbound(ids(request), by: request.person)
        return request.link("/outbound?retried=\(count)")
    }

    static func drop(_ request: PageRequest) async throws -> String {
        let count = try await request.data.connection.dropOutbound(ids(request), by: request.person)
        return request.link("/outbound?dropped=\(count)")
    }

    private static func ids(_ request: PageRequest) throws(PageProblem) -> [UUID] {
        guard let texts = try? request.form.all("id"), !texts.isEmpty else {
            throw PageProblem(400, "Not understood", "The form names nothing.")
        }
        let ids = texts.compactMap { UUID(uuidString: $0) }
        guard ids.count == texts.count else {
            throw PageProblem(400, "Not understood", "The form names something that is no id.")
        }
        return ids
    }
}
