import Base
import GitHub

/// The effect of a delivery.
enum Effect: Sendable, Equatable {
    /// The object of the event is synced as the delivery shows it.
    case shown
    /// The object of the event is gone.
    case gone
    /// The event is completed at once, for this reason.
    case ignored(String)
}

/// Every stored event and action of GitHub's, and its effect; deploy/events.md says the same for people.
///
/// Source: https://docs.github.com/webhooks/webhook-events-and-payloads
enum RoutingTable {
    static let effects: [EventType: [String: Effect]] = Registry.kinds.reduce(into: unsynced) { table, kind in
        table.merge(kind.effects) { ignored, synced in ignored.merging(synced) { $1 } }
    }

    static func effect(of event: EventType, _ action: String) -> Effect {
        if action == Payload.reading, isSynced(event) { return .shown }
        if action == Payload.vanished, [.issues, .issueComment].contains(event) { return .gone }
        return effects[event]?[action] ?? .ignored("unknown action \(action)")
    }

    /// Whether the event is about objects that are synced, so that readings of them are too.
    fileprivate static func isSynced(_ event: EventType) -> Bool { unsynced[event] == nil }

    /// The events that are about no kind of object that is synced.
    private static let unsynced: [EventType: [String: Effect]] = [
        .milestone: ignored(
            ["created", "opened", "closed", "edited", "deleted"],
            "a milestone is only named in the results of its issues"
        ),
        .subIssues: ignored(
            ["sub_issue_added", "sub_issue_removed", "parent_issue_added", "parent_issue_removed"],
            "parents are set in Plane"
        ),
    ]

    private static func ignored(_ actions: [String], _ reason: String) -> [String: Effect] {
        Dictionary(uniqueKeysWithValues: actions.map { ($0, .ignored(reason)) })
    }
}

/// The actions that settings may name.
package enum WebhookActions {
    /// The actions of an event that the sync knows.
    static func known(of event: EventType) -> [String] {
        (RoutingTable.effects[event] ?? [:]).keys.sorted() + (RoutingTable.isSynced(event) ? [Payload.reading] : [])
    }

    /// What is expected in place of a word such as `issues` or `issues.opened`; nil when the word is right.
    package static func expected(insteadOf word: String) -> String? {
        let parts = word.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let event = EventType(rawValue: parts[0]) else {
            return "EVENT or EVENT.ACTION with an event of: "
                + EventType.allCases.map(\.rawValue).joined(separator: ", ")
        }
        guard parts.count == 2, !known(of: event).contains(parts[1]) else { return nil }
        return "an action of \(event.rawValue): \(known(of: event).joined(separator: ", "))"
    }
}
