import Shared

/// Where a claimed event goes: the one place that decides by event and action.
enum Route: Sendable, Equatable {
    case sync(Observation)
    case ignore(reason: String)
    /// It can never be worked on.
    case fail(reason: String)

    init(_ event: ClaimedEvent) {
        guard let type = EventType(rawValue: event.type) else {
            self = .ignore(reason: "events of this kind are not synced")
            return
        }
        do throws(PayloadProblem) {
            let payload = try Payload(event.payload, event: type)
            self = Self.route(payload, of: event)
        } catch {
            self = .fail(reason: "the payload cannot be used: \(error)")
        }
    }

    private static func route(_ payload: Payload, of event: ClaimedEvent) -> Route {
        switch payload.content {
        case .issue(let issue) where issue.isPullRequest, .comment(_, on: let issue) where issue.isPullRequest:
            return .ignore(reason: "about a pull request, not an issue")
        case .issue(let issue):
            guard issueActions.contains(payload.action) else { return unknown(payload.action) }
            return .sync(
                Observation(
                    eventID: event.id,
                    repository: payload.repository,
                    sender: payload.sender,
                    issue: issue,
                    issueIsGone: payload.action == "deleted" || payload.action == "transferred",
                    comment: nil
                )
            )
        case .comment(let comment, on: let issue):
            guard commentActions.contains(payload.action) else { return unknown(payload.action) }
            return .sync(
                Observation(
                    eventID: event.id,
                    repository: payload.repository,
                    sender: payload.sender,
                    issue: issue,
                    issueIsGone: false,
                    comment: .init(comment: comment, isGone: payload.action == "deleted")
                )
            )
        case .pullRequest:
            return .ignore(reason: "pull requests are not synced yet")
        case .label, .repository, .other:
            return .ignore(reason: "not synced yet")
        }
    }

    private static func unknown(_ action: String) -> Route {
        .ignore(reason: "unknown action \(action)")
    }

    // GitHub's actions of the two events: https://docs.github.com/webhooks/webhook-events-and-payloads
    private static let issueActions: Set = [
        "opened", "edited", "deleted", "transferred", "pinned", "unpinned", "closed", "reopened", "assigned",
        "unassigned", "labeled", "unlabeled", "locked", "unlocked", "milestoned", "demilestoned", "typed", "untyped",
        "field_added", "field_removed",
    ]
    private static let commentActions: Set = ["created", "edited", "deleted", "pinned", "unpinned"]
}
