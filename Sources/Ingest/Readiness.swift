import Database
import Synchronization

/// Whether a delivery could be stored now.
final class Readiness: Sendable {
    private enum State {
        case starting
        case ready(since: ContinuousClock.Instant)
        case failing
    }

    private let state = Mutex(State.starting)
    private let spool: SpoolContents?

    init(spool: SpoolContents? = nil) { self.spool = spool }

    /// Ready is who can store a delivery, in the database or in the spool.
    var answer: Answer {
        let answer = databaseAnswer
        return answer == .ready || spool?.takesDeliveries != true ? answer : .ready
    }

    private var databaseAnswer: Answer {
        state.withLock { state in
            switch state {
            case .starting: .notReady(reason: "The database has not been checked yet.")
            case .ready: .ready
            case .failing: .notReady(reason: "The database does not take deliveries.")
            }
        }
    }

    func succeeded() { state.withLock { $0 = .ready(since: .now) } }

    func failed() { state.withLock { $0 = .failing } }

    /// A lock that another session holds says nothing against the database.
    func failed(by error: any Error) {
        guard (error as? DatabaseError)?.isLockTimeout != true else { return }
        failed()
    }

    /// Asks the database where no delivery has shown for a second that it works; until the task is cancelled.
    func watch(_ connection: Connection) async {
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
            case .starting: false  // the check of the schema comes first
            case .ready(let since): now - since >= .seconds(1)
            case .failing: true
            }
        }
    }
}

extension Connection {
    /// Whether the database would take deliveries in.
    func isWritable() throws -> Bool {
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
