import Foundation

/// What decides between deliveries of one second: how one shows its object, and what it says was changed.
struct Trace: Sendable, Equatable {
    /// What an object looks like; empty before it was made.
    typealias State = Set<Feature>

    let eventID: UUID
    /// Empty when nobody kept it: then only the order of receipt is known.
    let after: State
    // What was changed; both may hold the unknown value of a field.
    let gained: State
    let lost: State

    init(_ eventID: UUID, after: State, gained: State = [], lost: State = []) {
        self.eventID = eventID
        self.after = after
        self.gained = gained
        self.lost = lost
    }

    /// The object was made by this.
    static func first(_ eventID: UUID, _ state: State) -> Trace { Trace(eventID, after: state, gained: state) }

    var isKnown: Bool { !after.isEmpty }
    var isFirst: Bool { isKnown && gained == after && lost.isEmpty }

    /// How the object was before, if this was the change.
    ///
    /// A snapshot that does not show the change was made later, when others had undone it already: then nothing is known.
    func before(gained: State, lost: State) -> State {
        guard gained.isSubset(of: after), lost.isDisjoint(with: after) else { return after }
        let replaced = Set(lost.compactMap(\.field)).filter { !$0.isSet }
        let kept = after.subtracting(gained).filter { feature in feature.field.map { !replaced.contains($0) } ?? true }
        return kept.union(lost)
    }

    /// Whether the two say the same in every respect.
    func isCopy(of other: Trace) -> Bool {
        after == other.after && gained == other.gained && lost == other.lost
    }
}
