import Base
import Database

/// A plane-ingest process, and where it listens.
struct IngestNode: Sendable {
    let process: ProcessIdentity
    let listen: String
}

extension Connection {
    /// The times are the server's: a node's clock may be off.
    ///
    /// What is bound twice need not be read back, which takes a right that a node does not have.
    func report(_ node: IngestNode, spool: SpoolReport?) throws {
        try run(
            """
            insert into github_sync.github_ingest_nodes (
                id, host, process_id, version, listen, spool_records, spool_bytes, spool_oldest_at, spool_in_use
            )
            values (
                \(node.process.id), \(node.process.host), \(node.process.processID),
                \(Version.current.description), \(node.listen), \(spool?.records), \(spool?.bytes),
                now() - make_interval(secs => \(spool?.oldestAge)),
                \(spool?.isInUse)
            )
            on conflict (id) do update
            set heartbeat_at = now(), spool_records = \(spool?.records), spool_bytes = \(spool?.bytes),
                spool_oldest_at = now() - make_interval(secs => \(spool?.oldestAge)),
                spool_in_use = \(spool?.isInUse)
            """,
            within: .seconds(2)
        )
    }

    /// Marks an orderly end.
    func signOff(_ node: IngestNode) throws {
        try run(
            "update github_sync.github_ingest_nodes set stopped_at = now() where id = \(node.process.id)",
            within: .seconds(1)
        )
    }
}
