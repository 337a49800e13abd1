import Database

/// How much goes to GitHub, of all connections together.
package struct OutboundTotals: Sendable, Equatable, RowDecodable {
    /// Those where somebody asked for it, or where something is left.
    package let connections: Int
    package let waiting: Int
    package let sending: Int
    package let parked: Int
    /// Deletions that go out only when a person approves them.
    package let wantsApproval: Int
    /// Since the first change of the object that has waited longest; nil when none waits.
    package let oldestSeconds: Double?
    package let sentLastHour: Int

    package init(row: Row) throws {
        connections = try row.get("connections")
        waiting = try row.get("waiting")
        sending = try row.get("sending")
        parked = try row.get("parked")
        wantsApproval = try row.get("wants_approval")
        oldestSeconds = try row.getIfPresent("oldest_seconds")
        sentLastHour = try row.get("sent_last_hour")
    }

    package static let read = Read(
        """
        select
            count(*) as connections,
            coalesce(sum(waiting), 0)::bigint as waiting,
            coalesce(sum(sending), 0)::bigint as sending,
            coalesce(sum(parked), 0)::bigint as parked,
            coalesce(sum(wants_approval), 0)::bigint as wants_approval,
            extract(epoch from now() - min(oldest))::float8 as oldest_seconds,
            coalesce(sum(sent_last_hour), 0)::bigint as sent_last_hour
        from github_sync.github_outbound_status
        """
    ) { try OutboundTotals(row: $0[0]) }
}

/// What a principal, whose calls GitHub counts together, has used of the writes that GitHub allows.
package struct WriteBudget: Sendable, Equatable, RowDecodable {
    /// Such as `user:1` or `app:1/installation:2`.
    package let principal: String
    package let lastMinute: Int
    package let lastHour: Int

    package init(row: Row) throws {
        principal = try row.get("principal")
        lastMinute = try row.get("last_minute")
        lastHour = try row.get("last_hour")
    }

    /// Of those that have ever written something.
    package static let read = Read(
        """
        select p.principal,
            count(*) filter (where w.at > now() - interval '1 minute') as last_minute,
            count(*) filter (where w.at > now() - interval '1 hour') as last_hour
        from github_sync.github_principals as p
        cross join lateral unnest(p.recent_writes) as w (at)
        group by p.principal
        """,
        as: WriteBudget.self
    )
}

/// Whether workers look for what people change in Plane.
package struct OutboundLooks: Sendable, Equatable, RowDecodable {
    /// Connections whose changes somebody wants to go out.
    package let connections: Int
    /// Since the last look, or since somebody asked for it after that; nil when nobody does.
    package let ageSeconds: Double?
    /// How long the last look took.
    package let durationSeconds: Double?

    package init(row: Row) throws {
        connections = try row.get("connections")
        ageSeconds = try row.getIfPresent("age")
        durationSeconds = try row.getIfPresent("duration")
    }

    /// A look comes at least once a minute, and after one that took long there is a long pause.
    package var areOverdue: Bool { (ageSeconds ?? 0) > 120 + 30 * (durationSeconds ?? 0) }

    package static let read = Read(
        """
        select
            count(*) as connections,
            extract(epoch from now() - greatest(max(l.looked_at), min(s.changed_at)))::float8 as age,
            max(l.duration_seconds) as duration
        from github_sync.github_sync_settings as s
        inner join github_sync.followers(array(select repository_id from public.github_repositories)) as f
            on f.repository_sync_id = s.repository_sync_id
        left join github_sync.github_outbound_looks as l on true
        where s.settings #>> '{outbound,issues}' <> 'off'
        """
    ) { try OutboundLooks(row: $0[0]) }
}
