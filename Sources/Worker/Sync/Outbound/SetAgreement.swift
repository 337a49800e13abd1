/// What both sides last agreed on about a field with many values, such as the labels, and what was sent since.
///
/// Both sides' additions and removals all survive, because each element is decided by itself.
struct SetAgreement<GitHub: Hashable & Sendable, Plane: Hashable & Sendable>: Sendable, Equatable {
    /// Plane's elements by GitHub's.
    private(set) var agreed: [GitHub: Plane]
    /// What was sent and may yet appear on GitHub, oldest first; a change once for each call.
    private(set) var intents: [Intent]

    enum Intent: Sendable, Equatable {
        case add(GitHub, Plane)
        case remove(GitHub)
    }

    /// What GitHub changed.
    struct Change: Sendable, Equatable {
        var added: Set<Plane> = []
        var removed: Set<Plane> = []
    }

    init(_ agreed: [GitHub: Plane], intents: [Intent] = []) {
        self.agreed = agreed
        self.intents = intents
    }

    /// Takes note of what GitHub shows now; elements that Plane has none for are left out of `github`.
    /// - Returns: what to attach and detach in Plane.
    mutating func observe(_ github: [GitHub: Plane], plane: Set<Plane>) -> Change {
        var change = Change()
        for (element, shown) in github where agreed[element] != shown {
            // The same element may be another one in Plane by now.
            if let before = agreed.updateValue(shown, forKey: element), plane.contains(before) {
                change.removed.insert(before)
            }
            // Ours may have been taken off again in Plane since.
            let isOurs = takeIntent { if case .add(element, _) = $0 { true } else { false } }
            if !isOurs, !plane.contains(shown) { change.added.insert(shown) }
        }
        for (element, known) in agreed where github[element] == nil {
            agreed[element] = nil
            let isOurs = takeIntent { $0 == .remove(element) }
            if !isOurs, plane.contains(known) { change.removed.insert(known) }
        }
        // Two of GitHub's elements may be one in Plane.
        change.removed.subtract(agreed.values)
        return change
    }

    /// What has to be sent so that GitHub has what Plane has.
    func difference(from plane: Set<Plane>) -> (added: Set<Plane>, removed: Set<GitHub>) {
        (plane.subtracting(agreed.values), Set(agreed.filter { !plane.contains($0.value) }.keys))
    }

    /// Records what is about to be sent, before it is.
    mutating func intend(_ intent: Intent) { intents.append(intent) }

    /// Forgets calls that can no longer take effect.
    mutating func forgetIntents() { intents.removeAll() }

    private mutating func takeIntent(_ isMeant: (Intent) -> Bool) -> Bool {
        guard let sent = intents.firstIndex(where: isMeant) else { return false }
        intents.remove(at: sent)
        return true
    }
}

extension SetAgreement.Intent: Codable where GitHub: Codable, Plane: Codable {}
