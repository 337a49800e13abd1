import Synchronization

/// A number that only grows: one series of a metric.
package final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    init() {}

    package func add(_ amount: Int = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    package var value: Int { count.load(ordering: .relaxed) }
}
