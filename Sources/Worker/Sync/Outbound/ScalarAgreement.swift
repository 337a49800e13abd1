/// What both sides last agreed on about a field with one value, such as the title, and what was sent since.
///
/// A side changed the field if its value differs from the agreement. The agreement moves only with what GitHub shows,
/// never with what was meant to be written. So an echo changes nothing, whoever sent it, however often and in whatever
/// order, and no look at the sender is needed.
package struct ScalarAgreement<GitHub: Equatable & Sendable, Plane: Equatable & Sendable>: Sendable, Equatable {
    /// A value on GitHub, and the one in Plane that says the same.
    package struct Pair: Sendable, Equatable {
        var github: GitHub
        var plane: Plane
    }

    private(set) var agreed: Pair
    /// What was sent and may yet appear on GitHub, oldest first; a value once for each call.
    private(set) var intents: [Pair] = []

    init(_ agreed: Pair, intents: [Pair] = []) {
        self.agreed = agreed
        self.intents = intents
    }

    /// Takes note of what GitHub shows now; `shown` is what Plane would show for it, and `plane` what Plane shows.
    mutating func observe(_ github: GitHub, shown: Plane, plane: Plane, _ conflict: ConflictRule) -> News {
        guard github != agreed.github else { return .none }
        guard !recognize(github) else { return .sent }
        agreed.github = github
        let isContested = isDirty(plane) && plane != shown
        if isContested, conflict == .plane { return .conflict(conflict) }
        agreed.plane = shown
        return isContested ? .conflict(.github) : .take
    }

    /// Whether GitHub shows what was sent; Plane may have gone on since then.
    mutating func recognize(_ github: GitHub) -> Bool {
        guard let sent = intents.firstIndex(where: { $0.github == github }) else { return false }
        agreed = intents.remove(at: sent)
        return true
    }

    /// Whether Plane's value has to be sent.
    func isDirty(_ plane: Plane) -> Bool { plane != agreed.plane }

    /// Whether a value on GitHub is agreed on, or was sent.
    func knows(_ github: GitHub) -> Bool { github == agreed.github || intents.contains { $0.github == github } }

    /// Records what is about to be sent, before it is.
    mutating func intend(_ github: GitHub, for plane: Plane) {
        intents.append(Pair(github: github, plane: plane))
    }

    /// Takes note that the sync itself gave Plane another value for what GitHub shows anyway.
    mutating func settle(on plane: Plane) { agreed.plane = plane }

    /// Takes note that the sync itself wrote a value anew that said the same; what somebody changed stays a change.
    mutating func rewrite(_ old: Plane, as new: Plane) {
        if !isDirty(old) { settle(on: new) }
    }

    /// Forgets calls that can no longer take effect.
    mutating func forgetIntents() { intents.removeAll() }
}

/// What a look at GitHub's value means for Plane's.
enum News: Sendable, Equatable {
    case none
    /// It is what was sent.
    case sent
    /// GitHub changed it.
    case take
    /// Both sides changed it, and this one's value stays.
    case conflict(ConflictRule)

    /// Whether GitHub's value comes to Plane.
    var isTaken: Bool { self == .take || self == .conflict(.github) }
}

extension ScalarAgreement.Pair: Codable where GitHub: Codable, Plane: Codable {}
