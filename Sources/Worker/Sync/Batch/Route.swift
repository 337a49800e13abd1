import Base
import GitHub
import JSON
import Queue

/// Where a claimed event goes; nothing else decides by event and action.
enum Route: Sendable {
    case sync(RoutedDelivery)
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
                delta: payload.delta,
                readAt: payload.readAt,
                age: event.age
            )
            self = try Self.route(payload, from: origin)
        } catch {
            self = .fail(reason: "the payload cannot be used: \(error)")
        }
    }

    private static func route(_ payload: Payload, from origin: Origin) throws(PayloadProblem) -> Route {
        guard !payload.content.isAboutPullRequest else {
            return .ignore(reason: "about a pull request, not an issue")
        }
        let effect = RoutingTable.effect(of: origin.event, origin.action)
        if case .ignored(let reason) = effect { return .ignore(reason: reason) }
        var snapshots: [any Snapshot] = []
        for kind in Registry.kinds {
            if let snapshot = try kind.init(payload, effect, in: origin) { snapshots.append(snapshot) }
        }
        return .sync(RoutedDelivery(origin: origin, snapshots: snapshots))
    }
}

extension Payload.Content {
    /// Whether it shows a pull request in the shape of an issue, as GitHub does in the events of issues and comments.
    fileprivate var isAboutPullRequest: Bool {
        switch self {
        case .issue(let issue), .comment(_, on: let issue): issue.isPullRequest
        default: false
        }
    }
}
