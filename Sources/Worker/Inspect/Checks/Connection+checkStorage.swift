import Database

extension Connection {
    /// Checks what keeps dead rows from being removed, and how many there are.
    ///
    /// A snapshot may become as old as `limit`, and a table may have `rows` dead rows. Fewer dead rows than live ones
    /// are normal in any case.
    func vacuumFindings(olderThan limit: Duration = .seconds(600), deadRows rows: Int = 100_000) throws -> [Finding] {
        let holders = try holderFindings(olderThan: limit)
        let tables = try run(
            """
            select relname::text as name, n_dead_tup as dead
            from pg_stat_user_tables
            where schemaname = 'github_sync' and n_dead_tup > \(rows) and n_dead_tup > n_live_tup
            order by n_dead_tup desc
            """
        )
        let swollen = try tables.map { row in
            let name: String = try row.get("name")
            let dead: Int = try row.get("dead")
            return Finding.warning(
                "\(name) has \(dead) dead rows, more than live ones",
                "vacuum analyze github_sync.\(name), and look for what held it up"
            )
        }
        let findings = holders + swollen
        return findings.isEmpty ? [.ok("no old snapshot holds vacuum back, and few rows are dead")] : findings
    }

    /// Sessions, prepared transactions and replication slots that still see rows that were deleted since.
    private func holderFindings(olderThan limit: Duration) throws -> [Finding] {
        let seconds = limit / .seconds(1)
        // Without pg_read_all_stats, other roles' sessions show only how many transactions old their snapshot is.
        let holders = try run(
            """
            select
                'session ' || pid || coalesce(' (' || nullif(application_name, '') || ')', '') as holder,
                extract(epoch from now() - xact_start)::float8 as seconds,
                'select pg_terminate_backend(' || pid || ')' as cure,
                age(backend_xmin) as transactions
            from pg_stat_activity
            where backend_xmin is not null and pid <> pg_backend_pid()
                and (datname = current_database() or datname is null)
                and (
                    xact_start < now() - make_interval(secs => \(seconds))
                    or xact_start is null and age(backend_xmin) > 1000000
                )
            union all
            select
                'prepared transaction ' || gid, extract(epoch from now() - prepared)::float8,
                'rollback prepared ' || quote_literal(gid), age(transaction)
            from pg_prepared_xacts
            where database = current_database() and prepared < now() - make_interval(secs => \(seconds))
            union all
            select
                'replication slot ' || slot_name, null::float8,
                'select pg_drop_replication_slot(' || quote_literal(slot_name) || ')', age(xmin)
            from pg_replication_slots where age(xmin) > 1000000
            order by transactions desc
            limit 5
            """
        )
        return try holders.map { row in
            let seconds: Double? = try row.getIfPresent("seconds")
            let transactions: Int = try row.get("transactions")
            let age = seconds.map { "for \(Age(seconds: Int($0)).text)" } ?? "over \(transactions) transactions"
            return .warning(
                "\(try row.get("holder") as String) has held a snapshot \(age): rows deleted since then stay, and claims get slow",
                "end it if nobody needs it: \(try row.get("cure") as String)"
            )
        }
    }

    /// Checks whether finished events are kept for very long.
    func pruneFindings() throws -> [Finding] {
        let oldest = try run(
            """
            select created_at, extract(epoch from now() - created_at)::float8 as seconds
            from github_sync.github_webhook_events order by id limit 1
            """
        ).first
        guard let oldest else { return [.ok("there are no events")] }
        let age = Age(seconds: Int(try oldest.get("seconds", as: Double.self)))
        let text = "the oldest event that is kept came \(age.text) ago"
        guard age.seconds > 90 * 86_400 else { return [.ok(text)] }
        return [.warning(text, "plane-worker prune --older-than 30d --status completed, every day")]
    }
}
