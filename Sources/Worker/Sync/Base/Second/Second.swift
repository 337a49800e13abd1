import Base
import Foundation

/// The deliveries that show one object with one `updated_at`, which GitHub gives to the second.
struct Second: Sendable, Equatable {
    let time: Timestamp
    /// By event id: the order of receipt.
    private(set) var traces: [Trace]

    init(_ time: Timestamp, _ traces: [Trace] = []) {
        self.time = time
        self.traces = []
        for trace in traces { insert(trace) }
    }

    /// A second of so many changes is no person's; more would only make the row grow.
    static let limit = 64
    /// Who sends one body again and again must not crowd out the others.
    static let copies = 8

    /// Keeps the largest event ids, so that what is kept depends on nothing but the deliveries.
    mutating func insert(_ trace: Trace) {
        guard !traces.contains(where: { $0.eventID == trace.eventID }) else { return }
        let place = traces.firstIndex { trace.eventID < $0.eventID } ?? traces.endIndex
        traces.insert(trace, at: place)
        let copies = traces.indices.filter { traces[$0].isCopy(of: trace) }
        if copies.count > Self.copies { traces.remove(at: copies[0]) }
        if traces.count > Self.limit { traces.removeFirst() }
    }
}
