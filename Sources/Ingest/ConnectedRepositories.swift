import Database
import Foundation
import Synchronization

/// Which repositories Plane's projects follow, remembered for seconds: good news and bad.
final class ConnectedRepositories: Sendable {
    enum Connection: Sendable, Equatable {
        case none
        /// The github_repository_syncs row of the only project that follows it.
        case one(UUID)
        case several
    }

    private struct Entry {
        let connection: Connection
        let expiry: ContinuousClock.Instant
    }

    private let lifetime: Duration
    private let capacity: Int
    private let entries = Mutex<[Int64: Entry]>([:])

    init(lifetime: Duration, capacity: Int = 10_000) {
        self.lifetime = lifetime
        self.capacity = capacity
    }

    /// What is known and still fresh of these repositories, by GitHub's id.
    func known(_ ids: Set<Int64>, at now: ContinuousClock.Instant = .now) -> [Int64: Connection] {
        entries.withLock { entries in
            ids.reduce(into: [:]) { known, id in
                if let entry = entries[id], entry.expiry > now { known[id] = entry.connection }
            }
        }
    }

    /// What was last known of a repository, however long ago.
    func lastKnown(_ id: Int64) -> Connection? { entries.withLock { $0[id]?.connection } }

    func remember(_ found: [Int64: Connection], at now: ContinuousClock.Instant = .now) {
        let expiry = now + lifetime
        entries.withLock { entries in
            if entries.count + found.count > capacity { entries = entries.filter { $0.value.expiry > now } }
            // Whoever sends so many different ids costs the next lookups, not memory.
            if entries.count + found.count > capacity { entries = [:] }
            for (id, connection) in found { entries[id] = Entry(connection: connection, expiry: expiry) }
        }
    }
}
