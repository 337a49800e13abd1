import Database

extension Connection {
    /// Reports how the server is reached and how fast it answers.
    package func accessFindings() throws -> [Finding] {
        try open()
        let way = try run(
            """
            select
                current_setting('server_version') as version,
                coalesce(encryption.ssl, false) as encrypted,
                coalesce(encryption.version, '') as protocol,
                coalesce(host(inet_server_addr()), '') as address,
                coalesce(inet_server_addr() <<= '127.0.0.0/8' or inet_server_addr() = '::1', true) as local,
                pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as read_only
            from (select) as one
            left join pg_stat_ssl as encryption on encryption.pid = pg_backend_pid()
            """
        )[0]
        let speed = try (0..<5).map { _ in try roundTrip() }.min() ?? .zero
        let milliseconds = Double(Int(speed / .microseconds(10))) / 100
        let isEncrypted: Bool = try way.get("encrypted")
        let isLocal: Bool = try way.get("local")
        let address: String = try way.get("address")
        let place = address.isEmpty ? "over a local socket" : "at \(address)"
        let secrecy = isEncrypted ? ", encrypted (\(try way.get("protocol") as String))" : ", not encrypted"
        let version: String = try way.get("version")
        let isReadOnly: Bool = try way.get("read_only")
        let findings: [Finding?] = [
            .ok(
                "PostgreSQL \(version) answers \(place) in \(milliseconds) ms\(isLocal && !isEncrypted ? "" : secrecy)"
            ),
            speed <= .milliseconds(20)
                ? nil
                : .warning(
                    "an answer takes \(milliseconds) ms",
                    "run the programs nearer to it: a batch needs several"
                ),
            isLocal || isEncrypted
                ? nil
                : .warning(
                    "anybody who can listen on the network to \(address) can read passwords and payloads",
                    "add sslmode=verify-full to DATABASE_URL, and ssl = on to the server"
                ),
            !isReadOnly
                ? nil
                : .failed(
                    "the server takes no writes: it is a standby, or read-only",
                    "name all hosts in DATABASE_URL, with target_session_attrs=read-write"
                ),
        ]
        return findings.compactMap(\.self)
    }

    private func roundTrip() throws -> Duration {
        try ContinuousClock().measure { try run("select 1") }
    }

    /// Checks the server's version and the settings that our promises depend on.
    func serverFindings() throws -> [Finding] {
        let row = try run(
            """
            select
                current_setting('server_version_num')::int / 10000 as version,
                current_setting('fsync') as fsync,
                current_setting('full_page_writes') as full_page_writes,
                current_setting('synchronous_commit') as synchronous_commit,
                current_setting('autovacuum') as autovacuum,
                current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                    as allowed,
                (select count(*) from pg_stat_activity where backend_type = 'client backend') as used
            """
        )[0]
        return try versionFindings(row.get("version")) + safetyFindings(row) + commitFindings(row)
            + Self.loadFindings(used: row.get("used"), allowed: row.get("allowed"))
    }

    private func versionFindings(_ version: Int) -> [Finding] {
        switch version {
        case ..<14:
            [.failed("PostgreSQL \(version) lacks features that we use", "upgrade to PostgreSQL 15 or later")]
        case 14:
            [.warning("PostgreSQL \(version) is older than the versions we test", "upgrade to PostgreSQL 15 or later")]
        default: [.ok("PostgreSQL \(version) has all features that we use")]
        }
    }

    private func safetyFindings(_ row: Row) throws -> [Finding] {
        let findings: [(setting: String, Finding)] = [
            ("fsync", .failed("fsync is off: a crash of the machine may destroy the database", "set fsync = on")),
            (
                "full_page_writes",
                .warning(
                    "full_page_writes is off: a crash of the machine may tear pages",
                    "set full_page_writes = on, unless the file system never tears one"
                )
            ),
            ("autovacuum", .warning("autovacuum is off: the tables grow without end", "set autovacuum = on")),
        ]
        return try findings.filter { try row.get($0.setting, as: String.self) == "off" }.map(\.1)
    }

    /// Checks whether commits are answered before they are on disk: for all, for this database, or for a role that may
    /// store deliveries.
    private func commitFindings(_ row: Row) throws -> [Finding] {
        let places: [String] = try run(
            """
            select case when s.setrole = 0 then 'this database' else 'the role ' || pg_get_userbyid(s.setrole) end as place
            from pg_db_role_setting as s
            cross join unnest(s.setconfig) as setting
            where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
                and setting ~* '^synchronous_commit=(off|of|false|no|0)$'
                and (
                    s.setrole = 0
                    or has_any_column_privilege(s.setrole, to_regclass('github_sync.github_webhook_events')::oid, 'insert')
                )
            order by 1
            """
        ).map { try $0.get("place") }
        let isOff = try row.get("synchronous_commit", as: String.self) == "off"
        guard isOff || !places.isEmpty else { return [] }
        return [
            .warning(
                "synchronous_commit is off for \(places.isEmpty ? "the server" : places.joined(separator: ", ")): "
                    + "a crash of the server may lose deliveries that got a 202",
                "set it on, for the role of plane-ingest at least"
            )
        ]
    }

    /// Warns when most of the server's connections are in use.
    static func loadFindings(used: Int, allowed: Int) -> [Finding] {
        let text = "\(used) of \(allowed) connections are in use"
        guard used * 5 >= allowed * 4 else { return [.ok(text)] }
        return [
            .warning(
                text,
                "raise max_connections, use PgBouncer, or lower WORKER_CONCURRENCY and INGEST_WRITERS"
            )
        ]
    }
}
