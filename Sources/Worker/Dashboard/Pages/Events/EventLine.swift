import Base
import Database
import Foundation
import GitHub
import Inspect
import JSON

/// An event as a list on a page shows it: the command line's summary, and its result in words.
struct EventLine: RowDecodable, Equatable {
    let summary: EventSummary
    private let outcome: String?
    private let reason: String?
    /// The first changes that it made, in words.
    private let changes: [String]

    init(row: Row) throws {
        summary = try EventSummary(row: row)
        outcome = try row.getIfPresent("outcome")
        reason = try row.getIfPresent("reason")
        changes = try row.getJSONIfPresent("changes") ?? []
    }

    /// What became of it, in a line.
    var words: String {
        if let error = summary.error, summary.status != .completed { return error }
        let what = changes.joined(separator: "; ")
        switch outcome {
        case nil: return ""
        case "ignored"?, "superseded"?: return reason ?? what
        default: return what.isEmpty ? outcome ?? "" : what
        }
    }

    /// How it stands: of a completed event, what its outcome was.
    var status: HTML {
        switch outcome {
        case "ignored"? where summary.status == .completed: .status("ignored", .soft)
        case "superseded"? where summary.status == .completed: .status("superseded", .soft)
        default: summary.status.html
        }
    }

    /// The columns that a line is made of, of the event table.
    static let columns: Query = """
        id, delivery_id, event_type, action, status, retry_count, repository_name, created_at,
            updated_at, subject_number, nullif(sender_login, '') as sender,
            left(error_message, 300) as error, left(result::text, 300) as result,
            result ->> 'outcome' as outcome, result #>> '{projects,0,issue}' as issue,
            result ->> 'reason' as reason,
            jsonb_path_query_array(result, '$.projects[0 to 1].changes[0 to 2]') as changes
        """
}

extension EventStatus {
    var tone: Tone {
        switch self {
        case .pending: .soft
        case .processing: .run
        case .completed: .ok
        case .failed: .bad
        }
    }

    var html: HTML { .status(rawValue, tone, icon: self == .pending ? .wait : nil) }
}

/// A line of a list of events.
struct EventRow {
    let line: EventLine
    let site: Site
    let now: Timestamp

    static func columns(withCheck: Bool) -> [HTML.Column] {
        (withCheck ? [HTML.Column("Choose", "check", isHidden: true)] : [])
            + ["Status", "Event", .init("What became of it", "cut"), "Repository", .init("Received", "t")]
    }

    func html(withCheck: Bool) -> HTML {
        let event = line.summary
        let check: HTML? =
            withCheck
            ? """
            <td class="check"><input type="checkbox" name="id" value="\(event.id.text)" \
            aria-label="Choose \(event.name), \(event.shortID)"></td>
            """ : nil
        let tries: HTML? = event.retries > 0 && event.status == .pending ? " <span class=\"soft\">again</span>" : nil
        return """
            <tr>\(check)<td>\(line.status)\(tries)</td>\
            <th scope="row" class="r"><a href="\(site.link("/events/\(event.id.text)"))">\(event.name)</a></th>\
            <td class="cut" title="\(line.words)">\(line.words)</td>\
            <td class="r" title="\(event.repository)">\(event.repository)</td><td class="t">\(.time(event.received, now: now))</td></tr>
            """
    }
}
