import Database

extension Connection {
    /// How the server is reached.
    func accessFindings() throws -> [Finding] {
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
        var findings: [Finding] = [
            .ok("PostgreSQL \(version) answers \(place) in \(milliseconds) ms\(isLocal && !isEncrypted ? "" : secrecy)")
        ]
        if speed > .milliseconds(20) {
            findings.append(
                .warning(
                    "an answer takes \(milliseconds) ms",
                    "run the programs near the database: a batch takes several"
                )
            )
        }
        if !isLocal, !isEncrypted {
            findings.append(
                .warning(
                    "who can listen on the way to \(address) reads passwords and payloads",
                    "add sslmode=verify-full to DATABASE_URL, and ssl = on to the server"
                )
            )
        }
        if try way.get("read_only") {
            findings.append(
                .failed(
                    "the server takes no writes: it is a standby, or read-only",
                    "name all hosts in DATABASE_URL, with target_session_attrs=read-write"
                )
            )
        }
        return findings
    }

    private func roundTrip() throws -> Duration {
        try ContinuousClock().measure { try run("select 1") }
    }
}
