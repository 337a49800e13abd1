import Synchronization

/// Bounds the bytes of all bodies that are in hand.
final class ByteBudget: Sendable {
    private let used = Atomic<Int>(0)
    let limit: Int

    init(limit: Int) { self.limit = limit }

    var bytesInFlight: Int { used.load(ordering: .relaxed) }

    fileprivate func take(_ count: Int) -> Bool {
        if used.wrappingAdd(count, ordering: .relaxed).newValue <= limit { return true }
        give(count)
        return false
    }

    fileprivate func give(_ count: Int) {
        used.wrappingSubtract(count, ordering: .relaxed)
    }
}

/// One delivery's part of the budget, given back when the last holder lets go of it.
final class ByteReservation: Sendable {
    private let budget: ByteBudget
    private let held = Atomic<Int>(0)

    init(_ budget: ByteBudget) { self.budget = budget }

    deinit { budget.give(held.load(ordering: .relaxed)) }

    /// - Returns: false when the budget has no room for so many bytes more.
    func grow(by count: Int) -> Bool {
        guard budget.take(count) else { return false }
        held.wrappingAdd(count, ordering: .relaxed)
        return true
    }
}
