import Shared

extension Connection {
    /// The server's version and those settings that a promise of ours hangs on.
    func serverFindings(isPooled: Bool) throws -> [Finding] {
        let row = try run(
            """
            select
                current_setting('server_version_num')::int / 10000 as version,
                current_setting('fsync') as fsync,
                current_setting('full_page_writes') as full_page_writes,
                current_setting('synchronous_commit') as synchronous_commit,
                current_setting('autovacuum') as autovacuum,
                current_setting('idle_in_transaction_session_timeout') as idle_limit,
                current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                    as allowed,
                (select count(*) from pg_stat_activity where backend_type = 'client backend') as used
            """
        )[0]
        return try versionFindings(row.get("version")) + safetyFindings(row, isPooled: isPooled)
            + Self.loadFindings(used: row.get("used"), allowed: row.get("allowed"))
    }

    private func versionFindings(_ version: Int) -> [Finding] {
        switch version {
        case ..<13:
            [.failed("PostgreSQL \(version) lacks functions that are used", "upgrade to PostgreSQL 15 or later")]
        case 13, 14:
            [.warning("PostgreSQL \(version) is older than what is tested", "upgrade to PostgreSQL 15 or later")]
        default: [.ok("PostgreSQL \(version) has all that is used")]
        }
    }

    private func safetyFindings(_ row: Row, isPooled: Bool) throws -> [Finding] {
        func isOff(_ setting: String) throws -> Bool { try row.get(setting, as: String.self) == "off" }
        var findings: [Finding] = []
        if try isOff("fsync") {
            findings.append(
                .failed("fsync is off: a crash of the machine may destroy the database", "set fsync = on")
            )
        }
        if try isOff("full_page_writes") {
            findings.append(
                .warning(
                    "full_page_writes is off: a crash of the machine may tear pages",
                    "set full_page_writes = on, unless the file system never tears one"
                )
            )
        }
        if try isOff("synchronous_commit") {
            findings.append(
                .warning(
                    "synchronous_commit is off for this role: a crash of the server may lose the last moments of the sync",
                    "set it on: only plane-ingest sets it for itself, where it stores a delivery"
                )
            )
        }
        if try isOff("autovacuum") {
            findings.append(.warning("autovacuum is off: the tables grow without end", "set autovacuum = on"))
        }
        // Otherwise each of our connections sets one for itself.
        if isPooled, try row.get("idle_limit", as: String.self) == "0" {
            findings.append(
                .warning(
                    "behind a pooler nothing ends a transaction whose program hangs, and its locks stay",
                    "alter role … set idle_in_transaction_session_timeout = '60s'"
                )
            )
        }
        return findings
    }

    /// Warns before there are no connections left.
    static func loadFindings(used: Int, allowed: Int) -> [Finding] {
        let text = "\(used) of \(allowed) connections are in use"
        guard used * 5 >= allowed * 4 else { return [.ok(text)] }
        return [
            .warning(
                text,
                "raise max_connections, use PgBouncer, or less of WORKER_CONCURRENCY and INGEST_WRITERS"
            )
        ]
    }
}
