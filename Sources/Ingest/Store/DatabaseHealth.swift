import Database
import Synchronization

/// Whether the database takes deliveries in, by what the last attempts showed.
package final class DatabaseHealth: Sendable {
    private enum State {
        case unchecked
        case healthy(since: ContinuousClock.Instant)
        case failing
    }

    private let state = Mutex(State.unchecked)

    package init() {}

    /// Why the database would not take a delivery now; nil when it would.
    package var problem: String? {
        state.withLock { state in
            switch state {
            case .unchecked: "The database has not been checked yet."
            case .healthy: nil
            case .failing: "The database does not take deliveries."
            }
        }
    }

    package func succeeded() { state.withLock { $0 = .healthy(since: .now) } }

    func failed() { state.withLock { $0 = .failing } }

    /// A lock that another session holds says nothing against the database.
    package func failed(by error: any Error) {
        guard (error as? DatabaseError)?.isLockTimeout != true else { return }
        failed()
    }

    /// Asks the database where no delivery has shown for a second that it works; until the task is cancelled.
    package func watch(_ connection: Connection) async {
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            guard isStale(at: .now) else { continue }
            do {
                if try await connection.isWritable() { succeeded() } else { failed() }
            } catch {
                failed()
            }
        }
    }

    private func isStale(at now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            switch state {
            case .unchecked: false  // the check of the schema comes first
            case .healthy(let since): now - since >= .seconds(1)
            case .failing: true
            }
        }
    }
}

extension Connection {
    /// Whether the database would take deliveries in.
    package func isWritable() throws -> Bool {
        let row = try run(
            """
            select current_setting('transaction_read_only') = 'off'
                and has_any_column_privilege('github_sync.github_webhook_events', 'insert') as writable
            """,
            within: .seconds(2)
        )[0]
        return try row.get("writable")
    }
}

extension ProgramRights {
    package static let ingest = ProgramRights(
        group: "plane_sync_ingest",
        tables: [
            ("github_sync.github_webhook_events", "insert"), ("github_sync.github_webhook_events", "update"),
            ("public.github_repositories", "select"), ("public.github_repository_syncs", "select"),
        ]
    )
}
