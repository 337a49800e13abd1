import Base
import Foundation

/// The deliveries that show one object with the same `updated_at`, which has a resolution of one second.
struct Second: Sendable, Equatable {
    let time: Timestamp
    /// In the order of their event ids, which is the order of receipt.
    private(set) var traces: [Trace]

    init(_ time: Timestamp, _ traces: [Trace] = []) {
        self.time = time
        self.traces = []
        for trace in traces { insert(trace) }
    }

    /// How many deliveries are kept; no person makes more changes in a second, and more would only make the row grow.
    static let limit = 64
    /// How many equal deliveries are kept, so that a sender who repeats one body cannot crowd out the others.
    static let copyLimit = 8

    /// Adds a delivery, and keeps those with the largest event ids if there are too many.
    ///
    /// So the result depends only on the set of deliveries, not on the order in which they are processed.
    mutating func insert(_ trace: Trace) {
        guard !traces.contains(where: { $0.eventID == trace.eventID }) else { return }
        let place = traces.firstIndex { trace.eventID < $0.eventID } ?? traces.endIndex
        traces.insert(trace, at: place)
        let copies = traces.indices.filter { traces[$0].isCopy(of: trace) }
        if copies.count > Self.copyLimit { traces.remove(at: copies[0]) }
        if traces.count > Self.limit { traces.removeFirst() }
    }
}
