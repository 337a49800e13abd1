import Base
import GitHub
import JSON
import Queue

/// Where a claimed event goes; nothing else decides by event and action.
enum Route: Sendable, Equatable {
    case sync(Snapshot)
    case ignore(reason: String)
    /// The event can never be processed.
    case fail(reason: String)

    init(_ event: ClaimedEvent) { self.init(event, try? JSONDocument(event.payload)) }

    /// `document` is the parsed payload; nil when the payload is not JSON.
    init(_ event: ClaimedEvent, _ document: JSONDocument?) {
        guard let type = EventType(rawValue: event.type) else {
            self = .ignore(reason: "events of this kind are not synced")
            return
        }
        do throws(PayloadProblem) {
            let payload =
                if let document { try Payload(document, event: type) } else { try Payload(event.payload, event: type) }
            let origin = Origin(
                eventID: event.id,
                event: type,
                action: payload.action,
                repository: payload.repository,
                sender: payload.sender,
                delta: payload.delta
            )
            self = Self.route(payload.content, from: origin)
        } catch {
            self = .fail(reason: "the payload cannot be used: \(error)")
        }
    }

    private static func route(_ content: Payload.Content, from origin: Origin) -> Route {
        switch (content, RoutingTable.effect(of: origin.event, origin.action)) {
        case (.issue(let issue), _) where issue.isPullRequest,
            (.comment(_, on: let issue), _) where issue.isPullRequest:
            return .ignore(reason: "about a pull request, not an issue")
        case (_, .ignored(let reason)): return .ignore(reason: reason)
        case (.issue(let issue), let effect):
            return .sync(.issue(IssueSnapshot(origin: origin, issue: issue, issueIsGone: effect == .issueGone)))
        case (.comment(let comment, on: let issue), let effect):
            let comment = CommentSnapshot(comment, isGone: effect == .commentGone, in: origin)
            return .sync(.issue(IssueSnapshot(origin: origin, issue: issue, issueIsGone: false, comment: comment)))
        case (.pullRequest(let pull), _): return .sync(.pull(PullSnapshot(origin: origin, pull: pull)))
        case (.label(let label), let effect):
            return .sync(.label(LabelSnapshot(origin: origin, label: label, isGone: effect == .labelGone)))
        case (.repository(let updatedAt), _):
            return .sync(.repository(RepositorySnapshot(origin: origin, updatedAt: updatedAt)))
        case (.other, _): return .ignore(reason: "nothing to sync")
        }
    }
}
