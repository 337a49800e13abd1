import Base
import Database

extension Connection {
    /// Puts this process into `github_workers`, or tells that it is still there.
    package func beat(_ worker: ProcessIdentity, concurrency: Int) throws {
        try run(
            """
            insert into github_sync.github_workers (id, host, process_id, version, concurrency)
            values (\(worker.id), \(worker.host), \(worker.processID), \(Version.current.description), \(concurrency))
            on conflict (id) do update set heartbeat_at = now()
            """
        )
    }

    /// Marks an orderly end.
    package func signOff(_ worker: ProcessIdentity) throws {
        try run("update github_sync.github_workers set stopped_at = now() where id = \(worker.id)")
    }
}
