import Base

/// Which actions a setting may name.
package enum WebhookActions {
    /// The actions of an event that the sync knows.
    static func known(of event: EventType) -> [String] { (RoutingTable.effects[event] ?? [:]).keys.sorted() }

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
