import Shared

extension ProcessIdentity {
    /// The name of a worker's connections, by which others find them; PostgreSQL keeps 63 bytes.
    var applicationName: String { String("plane-worker \(id)".prefix(63)) }
}
