import Base
import Database
import Foundation

/// The deliveries of an object from the newest two seconds in which it changed.
///
/// The second before the newest tells how the object was when the newest began. Older seconds can never matter again.
struct SecondHistory: Sendable, Equatable {
    private(set) var newest: Second?
    private(set) var before: Second?

    init(newest: Second? = nil, before: Second? = nil) {
        self.newest = newest
        self.before = before
    }

    mutating func insert(_ trace: Trace, at time: Timestamp) {
        guard let last = newest, time <= last.time else {
            before = newest
            newest = Second(time, [trace])
            return
        }
        if time == last.time {
            newest?.insert(trace)
        } else if let other = before, time <= other.time {
            if time == other.time { before?.insert(trace) }
        } else {
            before = Second(time, [trace])
        }
    }

    /// The delivery with the newest snapshot, which depends only on the set of deliveries and not on their order.
    var winner: ObjectVersion? {
        guard let newest else { return nil }
        let start = newest.traces.count > 1 ? before?.last(from: nil)?.after : nil
        return newest.last(from: start.flatMap { $0.isEmpty ? nil : $0 }).map {
            ObjectVersion(updatedAt: newest.time, eventID: $0.eventID)
        }
    }

    /// Whether deliveries of the newest second show different states, and nothing was read from GitHub after it.
    ///
    /// The winner is only the likeliest then: a delivery may be missing, and no reason need tell the others' order.
    var isDoubtful: Bool {
        guard let traces = newest?.traces, !traces.contains(where: \.isFinal) else { return false }
        return traces.contains { $0.after != traces[0].after }
    }
}

extension SecondHistory {
    /// Reads the history of a version row, or begins a new one if the applied event is not part of it.
    ///
    /// A program version that knows no histories stores a new applied event and leaves the history as it was.
    init(_ encoded: Bytes?, of applied: ObjectVersion?) {
        guard let applied else {
            self.init()
            return
        }
        if let kept = encoded.flatMap({ Self($0) }), kept.newest?.time == applied.updatedAt,
            kept.newest?.traces.contains(where: { $0.eventID == applied.eventID }) == true
        {
            self = kept
        } else {
            self.init(newest: Second(applied.updatedAt, [Trace(applied.eventID, after: [])]))
        }
    }
}
