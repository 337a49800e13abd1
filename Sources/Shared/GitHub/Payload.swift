import Base
import JSON

/// The body of a delivery, with what its event needs.
package struct Payload: Sendable, Equatable {
    /// What the delivery shows: whole snapshots.
    package enum Content: Sendable, Equatable {
        case issue(GitHubIssue)
        case comment(GitHubComment, on: GitHubIssue)
        /// A comment as GitHub's list of comments shows it, which only names its issue.
        case commentAlone(GitHubComment, on: IssueName)
        case pullRequest(GitHubPullRequest)
        case label(GitHubLabel)
        /// `updatedAt` is the version of the snapshot, where it has one.
        case repository(updatedAt: Timestamp?)
        /// An event that is recorded and has nothing to sync: `milestone`, `sub_issues`.
        case other
    }

    /// The action of what was not delivered: we read it from GitHub's API.
    package static let reading = "read"
    /// The same of what is no longer there.
    package static let vanished = "vanished"

    package let action: String
    package let repository: GitHubRepository
    package let sender: GitHubUser?
    package let content: Content
    package let subject: DeliverySubject
    /// What was changed, as far as the delivery says so.
    package let delta: PayloadDelta
    /// When GitHub answered, by its own clock; nil of a delivery.
    package let readAt: Timestamp?

    /// Decodes a body that was stored.
    ///
    /// - Throws: `PayloadProblem` naming the field and what was expected there, or the body if it is no JSON.
    package init(_ bytes: [UInt8], event: EventType) throws(PayloadProblem) {
        let document: JSONDocument
        do {
            document = try JSONDocument(bytes)
        } catch {
            throw .noValue(at: "the body")
        }
        try self.init(document, event: event)
    }

    /// Decodes a body; of its subjects only those of the event are read.
    ///
    /// - Throws: `PayloadProblem` naming the field and what was expected there.
    package init(_ document: JSONDocument, event: EventType) throws(PayloadProblem) {
        let body = try JSONObject(document)
        action = try body.exactText("action")
        guard (1...100).contains(action.utf8.count) else { throw PayloadProblem("action: expected 1 to 100 bytes") }
        // Every event has one but `sub_issues`, whose schema leaves it open.
        let repository = try body.objectIfPresent("repository").map { (object) throws(PayloadProblem) in
            try GitHubRepository(object, in: body)
        }
        sender = try body.objectIfPresent("sender").map(GitHubUser.init)
        readAt = [Self.reading, Self.vanished].contains(action) ? try body.timestamp("read_at") : nil
        content = try Content(of: event, isReading: readAt != nil, in: body)
        subject = DeliverySubject(of: event, in: body)
        try EventSubjects.check(body, of: event)
        delta = PayloadDelta(of: action, in: body)
        guard let repository else { throw .noRepository }
        self.repository = repository
    }
}

extension Payload.Content {
    fileprivate init(of event: EventType, isReading: Bool, in body: JSONObject) throws(PayloadProblem) {
        switch event {
        case .issues:
            self = .issue(try GitHubIssue(body.subject("issue")))
        case .issueComment:
            let issue = try body.subject("issue")
            self =
                isReading
                ? .commentAlone(try GitHubComment(body.subject("comment")), on: try IssueName(issue))
                : .comment(try GitHubComment(body.subject("comment")), on: try GitHubIssue(issue))
        case .pullRequest:
            let repository = try body.objectIfPresent("repository")
            self = .pullRequest(try GitHubPullRequest(body.subject("pull_request"), in: repository))
        case .label:
            self = .label(try GitHubLabel(body.subject("label")))
        case .repository:
            self = .repository(updatedAt: try body.subject("repository").timestampOrEpochIfPresent("updated_at"))
        case .milestone:
            _ = try body.object("milestone")
            self = .other
        case .subIssues:
            _ = try body.object(body.contains("sub_issue") ? "sub_issue" : "parent_issue")
            self = .other
        }
    }
}

extension JSONObject {
    /// The subject of an event; null counts as missing.
    fileprivate func subject(_ name: StaticString) throws(PayloadProblem) -> JSONObject {
        guard let subject = try objectIfPresent(name) else { throw PayloadProblem("\(name): missing") }
        return subject
    }
}
