import Base
import JSON

/// Which issue or pull request a delivery is about, and who caused it: what people look deliveries up by.
///
/// Nothing is synced from it, so anything missing or malformed is left out and is never a reason to refuse a delivery.
package struct DeliverySubject: Sendable, Equatable {
    /// GitHub's number of the issue or pull request, at most 2³¹ − 1; nil when the delivery is about something else.
    package let number: Int?
    /// When it, or the comment on it, was changed, by GitHub's clock; of what we read, when GitHub answered.
    package let changedAt: Timestamp?
    /// The login of whoever caused the delivery; empty when it names nobody.
    package let sender: String

    package init(number: Int? = nil, changedAt: Timestamp? = nil, sender: String = "") {
        self.number = number
        self.changedAt = changedAt
        self.sender = sender
    }

    /// Of a body that was stored, whatever is in it.
    package init(of payload: [UInt8], event: String) {
        guard let event = EventType(rawValue: event), let document = try? JSONDocument(payload),
            let body = try? JSONObject(document)
        else {
            self.init()
            return
        }
        self.init(of: event, in: body)
    }

    init(of event: EventType, in body: JSONObject) {
        let subject = Self.subject(of: event, in: body)
        let number = subject.flatMap { try? $0.positiveID("number") }.flatMap { Int32(exactly: $0) }
        // A comment that is deleted has the time of its last change, and its issue that of the deletion.
        let comment = event == .issueComment ? try? body.objectIfPresent("comment") : nil
        let isReading = [Payload.reading, Payload.vanished].contains(body.textIfReadable("action"))
        let times =
            isReading
            ? [try? body.timestamp("read_at")]
            : [subject, comment].map { $0.flatMap { try? $0.timestamp("updated_at") } }
        let sender = (try? body.objectIfPresent("sender"))?.textIfReadable("login") ?? ""
        self.init(
            number: number.map(Int.init),
            changedAt: times.compactMap(\.self).max(),
            sender: Self.isLogin(sender) ? sender : ""
        )
    }

    /// GitHub's logins have 39 characters at most, those of Apps a few more.
    private static func isLogin(_ text: String) -> Bool { text.isPrintableASCII(upTo: 100) }

    /// The subject that belongs to the repository of the delivery.
    private static func subject(of event: EventType, in body: JSONObject) -> JSONObject? {
        switch event {
        case .issues, .issueComment: return try? body.objectIfPresent("issue")
        case .pullRequest: return try? body.objectIfPresent("pull_request")
        case .subIssues:
            // Told to the repositories of both issues: to that of the parent as `sub_issue_…`.
            let isToldToParent = body.textIfReadable("action")?.hasPrefix("sub_issue") == true
            return try? body.objectIfPresent(isToldToParent ? "parent_issue" : "sub_issue")
        case .label, .milestone, .repository: return nil
        }
    }
}
