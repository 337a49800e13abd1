import Foundation

/// The part of a delivery that puts the deliveries of one second in order.
///
/// It holds how the delivery shows its object, and which change it reports.
struct Trace: Sendable, Equatable {
    /// How an object looks; empty before it was made.
    typealias State = Set<Feature>

    let eventID: UUID
    /// Empty when nothing was kept of the snapshot: then only the order of receipt is known.
    let after: State
    // The change that the delivery reports; both sets may hold the unknown value of a field.
    let gained: State
    let lost: State

    init(_ eventID: UUID, after: State, gained: State = [], lost: State = []) {
        self.eventID = eventID
        self.after = after
        self.gained = gained
        self.lost = lost
    }

    /// The delivery that tells that the object was made.
    static func first(_ eventID: UUID, _ state: State) -> Trace { Trace(eventID, after: state, gained: state) }

    /// An object as it was read after the second of its `updated_at` was over, so that nothing of that second is newer.
    static func final(_ eventID: UUID, _ state: State) -> Trace {
        Trace(eventID, after: state, gained: [.unknown(.reading)])
    }

    var isFinal: Bool { gained.contains(.unknown(.reading)) }

    var isKnown: Bool { !after.isEmpty }
    var isFirst: Bool { isKnown && gained == after && lost.isEmpty }

    /// How the object was before the delivery, if this is what the delivery changed.
    ///
    /// A snapshot that does not show the change was taken later, when others had undone the change. The state before it
    /// is unknown then, and the snapshot's own state takes its place.
    func before(gained: State, lost: State) -> State {
        guard gained.isSubset(of: after), lost.isDisjoint(with: after) else { return after }
        let replaced = Set(lost.compactMap(\.field)).filter { !$0.isMultivalued }
        let kept = after.subtracting(gained).filter { feature in feature.field.map { !replaced.contains($0) } ?? true }
        return kept.union(lost)
    }

    /// Whether the two say the same in every respect.
    func isCopy(of other: Trace) -> Bool {
        after == other.after && gained == other.gained && lost == other.lost
    }
}
