import Base

extension ProcessIdentity {
    /// The name of a worker's connections, for whoever looks at `pg_stat_activity`; PostgreSQL keeps 63 bytes.
    package var applicationName: String { String("plane-worker \(id)".prefix(63)) }
}
