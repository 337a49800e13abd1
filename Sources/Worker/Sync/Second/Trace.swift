import Foundation

/// What decides between deliveries of one second: how one shows its object, and what it says was changed.
struct Trace: Sendable, Equatable {
    /// What an object looks like; empty before it was made.
    typealias State = Set<Feature>

    let eventID: UUID
    /// Empty when nobody kept it: then only the order of receipt is known.
    let after: State
    let gained: State
    /// May hold the unknown value of a field.
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

    /// GitHub made the snapshot later, when others had undone this change already.
    var isLate: Bool { !gained.isSubset(of: after) || !lost.isDisjoint(with: after) }

    /// Whether the two say the same in every respect.
    func isCopy(of other: Trace) -> Bool {
        after == other.after && gained == other.gained && lost == other.lost
    }
}
