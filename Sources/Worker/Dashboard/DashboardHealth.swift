import Base
import Database
import Synchronization

/// Whether the database is one that this program can read.
final class DashboardHealth: Sendable {
    private let state = Mutex<String?>("The database has not been checked yet.")

    /// Why pages cannot be shown, in a sentence; nil when they can.
    var problem: String? { state.withLock { $0 } }

    func set(_ problem: String?) { state.withLock { $0 = problem } }

    /// - Throws: `PageProblem` while the database was not checked.
    func check() throws(PageProblem) {
        guard let problem else { return }
        throw PageProblem(503, "The database does not answer", problem)
    }
}
