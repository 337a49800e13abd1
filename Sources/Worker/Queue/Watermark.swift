import Base
import Database
import Synchronization

/// Where a claim begins to look: no pending row is due before it.
///
/// While anybody holds an old snapshot, vacuum cannot remove the index entries of finished rows, and a claim that began at
/// the start of the index would walk over all of them (200,000 make it sixty times as slow). Whatever becomes pending
/// becomes due at the server's present or later, so the smallest due time there is, read now and then beside the claims,
/// is a safe place to begin. Between two readings the claims themselves advance it, since they go by due time. What a slow
/// transaction, or one that is rolled back, brings in behind it is found after the next reading.
package final class Watermark: Sendable {
    /// Seconds that a row may take from the start of its transaction to its commit and still be seen at once; one that
    /// takes longer waits for the next reading.
    ///
    /// While a snapshot is held, every claim walks over the rows that were finished within this time.
    static let slack = 0.5

    private let value = Mutex<Timestamp?>(nil)

    package init() {}

    /// Nil: from the start of the index.
    package var start: Timestamp? { value.withLock(\.self) }

    package func move(to start: Timestamp?) { value.withLock { $0 = start } }

    /// Goes on to where a claim that began at `start` found its first row.
    ///
    /// Not when there was a reading since: it may have found a row behind that.
    package func advance(from start: Timestamp?, to watermark: Timestamp) {
        value.withLock { value in
            guard value == start else { return }
            value = value.map { max($0, watermark) } ?? watermark
        }
    }
}

extension Connection {
    /// The due time of the oldest pending row, or `Watermark.slack` before the server's present when that is earlier, for
    /// rows whose transaction began before this reading and commits after it.
    package func oldestDue(in table: QueueTable = .events) throws -> Timestamp {
        try run(
            """
            select least(min(run_at), now() - make_interval(secs => \(Watermark.slack))) as start
            from \(table.name)
            where \(table.isPending)
            """
        )[0].get("start")
    }
}
