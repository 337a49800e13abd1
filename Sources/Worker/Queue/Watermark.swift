import Base
import Database
import Synchronization

/// Where a claim begins to look: no pending event is due before it.
///
/// While anybody holds an old snapshot, vacuum cannot remove the index entries of finished events, and a claim that
/// began at the start of the index would walk over all of them (200,000 make it sixty times as slow). Whatever becomes
/// pending becomes due at the server's present or later, so the smallest time there is, looked up now and then beside
/// the claims, is a safe place to begin. Between two looks the claims themselves push it on, since they go by due time.
/// What a slow transaction, or one that is rolled back, brings in behind it is found at the next look.
package final class Watermark: Sendable {
    /// Seconds that a delivery may take from the start of its transaction to its commit and still be seen at once; one
    /// that takes longer waits for the next look.
    ///
    /// What was finished within this time every claim walks over, while a snapshot is held.
    static let slack = 0.5

    private let value = Mutex<Timestamp?>(nil)

    package init() {}

    /// Nil: from the start of the index.
    package var start: Timestamp? { value.withLock(\.self) }

    package func move(to start: Timestamp?) { value.withLock { $0 = start } }

    /// Goes on to `front`, as a claim that began at `start` found it.
    ///
    /// Not when there was a look since: it may have found something behind that front.
    package func advance(from start: Timestamp?, to front: Timestamp) {
        value.withLock { value in
            guard value == start else { return }
            value = value.map { max($0, front) } ?? front
        }
    }
}

extension Connection {
    /// The due time of the oldest pending event, or a little before the server's present when that is earlier.
    ///
    /// How much is `Watermark.slack`, for deliveries whose transaction began before the look and commits after it.
    package func oldestDue() throws -> Timestamp {
        try run(
            """
            select least(min(run_at), now() - make_interval(secs => \(Watermark.slack))) as start
            from github_sync.github_webhook_events
            where status = 'pending'
            """
        )[0].get("start")
    }
}
