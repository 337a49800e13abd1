import Base

/// A delivery that is answered and not stored.
struct IgnoredEvent: Sendable, Equatable {
    /// Its name, where that can go into an answer as it is.
    let name: String?
    let reason: String

    /// An event this system does not take in.
    init(_ headers: DeliveryHeaders) {
        name = headers.hasEventName ? headers.event : nil
        reason = name.map(Self.reason) ?? "GitHub has no event of this name; names are in lower case"
    }

    private init(name: String, reason: String) {
        self.name = name
        self.reason = reason
    }

    /// GitHub's schema lets `sub_issues` come without one.
    static func withoutRepository(_ event: EventType) -> IgnoredEvent {
        IgnoredEvent(name: event.rawValue, reason: "the delivery names no repository; nothing to sync")
    }

    private static func reason(for event: String) -> String {
        switch event {
        case "installation", "installation_repositories", "installation_target":
            "\(event) events are about an App, not about one repository; nothing to sync"
        case "organization", "membership", "team": "\(event) events are about people; nothing to sync"
        case "meta": "meta events are about the webhook itself; nothing to sync"
        default: "\(event) events are not synced"
        }
    }
}
