import Base
import Database
import GitHub
import Inspect
import JSON

extension EventSummary {
    /// How it stands: of a completed event, what its outcome was.
    fileprivate var standing: HTML {
        switch outcome {
        case "ignored"? where status == .completed: .status("ignored", .soft)
        case "superseded"? where status == .completed: .status("superseded", .soft)
        default: status.html
        }
    }
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
    let event: EventSummary
    let site: Site
    let now: Timestamp

    static func columns(withCheck: Bool) -> [HTML.Column] {
        (withCheck ? [HTML.Column("Choose", "check", isHidden: true)] : [])
            + ["Status", "Event", .init("What became of it", "cut"), "Repository", .init("Received", "t")]
    }

    func html(withCheck: Bool) -> HTML {
        let check: HTML? =
            withCheck
            ? """
            <td class="check"><input type="checkbox" name="id" value="\(event.id.text)" \
            aria-label="Choose \(event.name), \(event.shortID)"></td>
            """ : nil
        let tries: HTML? = event.retries > 0 && event.status == .pending ? " <span class=\"soft\">again</span>" : nil
        return """
            <tr>\(check)<td>\(event.standing)\(tries)</td>\
            <th scope="row" class="r"><a href="\(site.link("/events/\(event.id.text)"))">\(event.name)</a></th>\
            <td class="cut" title="\(event.words)">\(event.words)</td>\
            <td class="r" title="\(event.repository)">\(event.repository)</td><td class="t">\(.time(event.received, now: now))</td></tr>
            """
    }
}
