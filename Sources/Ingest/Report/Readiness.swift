import Spool
import Store

/// Whether this node could store a delivery now, in the database or in the spool.
struct Readiness: Sendable {
    let database: DatabaseHealth
    /// Nil without a spool.
    let spool: SpoolContents?

    /// Why it could not; nil when it could.
    var problem: String? { spool?.takesDeliveries == true ? nil : database.problem }

    /// One line for the service manager.
    func status(listening address: String) -> String {
        let spooled = spool?.records ?? 0
        let waiting = spooled == 0 ? "" : ", \(spooled) deliveries wait in the spool"
        return "Listening on \(address)\(waiting)\(problem.map { ". \($0)" } ?? "")"
    }
}
