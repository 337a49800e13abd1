import Base
import Database
import Foundation

/// What is kept of the deliveries of an object: those of the newest two seconds.
///
/// The second before the newest tells where the newest began. What is older can never matter again.
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

    /// The delivery whose snapshot is the newest: a function of the deliveries, whatever their order.
    var winner: ObjectVersion? {
        guard let newest else { return nil }
        let start = newest.traces.count > 1 ? before?.last(from: nil)?.after : nil
        return newest.last(from: start.flatMap { $0.isEmpty ? nil : $0 }).map {
            ObjectVersion(updatedAt: newest.time, eventID: $0.eventID)
        }
    }
}

extension SecondHistory {
    /// What a version row keeps, if it belongs to the event that is applied; a program that knows nothing of histories
    /// changes one and not the other.
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
