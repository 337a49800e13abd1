import Database
import Deliveries
import Foundation
import Synchronization

/// Which repositories Plane's projects follow; both yes and no are remembered for seconds.
package final class ConnectedRepositories: Sendable {
    private struct Entry {
        let connection: RepositoryConnection
        let expiry: ContinuousClock.Instant
    }

    private let lifetime: Duration
    private let capacity: Int
    private let entries = Mutex<[Int64: Entry]>([:])

    package init(lifetime: Duration, capacity: Int = 10_000) {
        self.lifetime = lifetime
        self.capacity = capacity
    }

    /// What is known and still fresh of these repositories, by GitHub's id.
    package func known(_ ids: Set<Int64>, at now: ContinuousClock.Instant = .now) -> [Int64: RepositoryConnection] {
        entries.withLock { entries in
            ids.reduce(into: [:]) { known, id in
                if let entry = entries[id], entry.expiry > now { known[id] = entry.connection }
            }
        }
    }

    /// What was last known of a repository, however long ago.
    package func lastKnown(_ id: Int64) -> RepositoryConnection? { entries.withLock { $0[id]?.connection } }

    func remember(_ found: [Int64: RepositoryConnection], at now: ContinuousClock.Instant = .now) {
        let expiry = now + lifetime
        entries.withLock { entries in
            if entries.count + found.count > capacity { entries = entries.filter { $0.value.expiry > now } }
            // Emptied when it is full: a sender of many ids can cost lookups, but never memory.
            if entries.count + found.count > capacity { entries = [:] }
            for (id, connection) in found { entries[id] = Entry(connection: connection, expiry: expiry) }
        }
    }
}
