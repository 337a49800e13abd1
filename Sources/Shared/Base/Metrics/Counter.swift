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

/// The series of one counter metric, one for each label known at start.
///
/// The labels are fixed then, so that nothing a sender writes can make a new series.
package struct Counters<Label: Hashable & Sendable>: Sendable {
    private let series: [Label: Counter]

    init(_ series: [Label: Counter]) { self.series = series }

    /// Adds to the series of `label`; a label that was not declared is a mistake in the program and is not counted.
    package func add(_ label: Label, _ amount: Int = 1) {
        assert(series[label] != nil, "undeclared label \(label)")
        series[label]?.add(amount)
    }

    package func value(_ label: Label) -> Int { series[label]?.value ?? 0 }
}
