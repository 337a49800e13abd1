import Base
import Database
import Foundation

extension Connection {
    /// Takes up to `limit` due events for `worker`, longest due first, and leases them for `lease`.
    ///
    /// `skip locked` lets workers claim side by side. The CTE is materialized: joined to a plain subquery, the planner
    /// may lock more rows than the limit. An event that was lost with a worker before is taken alone: if it kills this
    /// one too, it must not take its neighbours along.
    ///
    /// An event that comes with a `limitedRepository` must not be worked on before `giveTurns`. The few limits are read
    /// once per claim, so that those without pay nothing for them. Events of the `crowded` repositories are passed over
    /// until they have their turn.
    ///
    /// What does not fit into the `room` stays unclaimed. The size of a payload shows only once it is taken apart: where
    /// 255 times what is stored would fit nothing is measured, else one after the other until the next does not fit.
    ///
    /// Due before `start` there is nothing to claim; see `Watermark`.
    ///
    /// The token is made by the caller, who then knows it even if the answer is lost on the way.
    package func claim(
        limit: Int,
        room: PayloadRoom = .plenty,
        worker: String,
        lease: Duration,
        maxRetries: Int,
        token: UUID = UUID(),
        past crowded: [Int64] = [],
        from start: Timestamp? = nil
    ) throws -> Claim {
        let query = Self.claimQuery(
            limit: limit,
            room: room,
            worker: worker,
            lease: lease,
            maxRetries: maxRetries,
            token: token,
            past: crowded,
            from: start
        )
        let rows = try run(query)
        let fronts: [Timestamp] = try rows.map { try $0.get("front") }
        return Claim(token: token, events: try rows.map(ClaimedEvent.init), front: fronts.min())
    }

    /// The statement of `claim`, whose plan a test looks at.
    static func claimQuery(
        limit: Int,
        room: PayloadRoom,
        worker: String,
        lease: Duration,
        maxRetries: Int,
        token: UUID,
        past crowded: [Int64],
        from start: Timestamp?
    ) -> Query {
        """
        with recursive due as materialized (
            select id, run_at, crash_count, pg_column_size(payload) as stored
            from github_sync.github_webhook_events
            where status = 'pending' and run_at <= now() and run_at >= coalesce(\(start), '-infinity')
                and ((repository_id = any(\(crowded))) is not true or turn_at is not null)
            order by run_at, id
            limit \(limit)
            for update skip locked
        ), taken as (
            select * from due where not exists (select from due where crash_count > 0)
            union all
            (select * from due where crash_count > 0 order by id limit 1)
        ), fitting as (
            select 0 as place, null::uuid as id, 0::bigint as bytes
            where (select sum(stored) from taken) * 256 > \(room.total)
            union all
            select f.place + 1, n.id, f.bytes + n.size
            from fitting as f
            cross join lateral (
                select id, octet_length(payload::text) as size
                from github_sync.github_webhook_events
                where id = (select array_agg(id order by run_at, id) from taken)[f.place + 1]
                offset 0  -- a fence: each payload is taken apart once
            ) as n
            where f.bytes + n.size <= \(room.share)
                or (f.place = 0 and (n.size <= \(room.total) or \(room.takesAny)))
        )
        update github_sync.github_webhook_events as e
        set status = 'processing', claim_token = \(token), claimed_by = \(worker), claimed_at = now(),
            lease_until = now() + make_interval(secs => \(lease / .seconds(1))),
            max_retries = \(maxRetries), updated_at = now()
        -- An array: joined to `taken`, a plan made for an unknown limit reads the whole table.
        where e.id = any(array(
            select id from taken where not exists (select from fitting)
            union all
            select id from fitting where place > 0
        ))
        returning e.id, e.delivery_id, e.event_type, e.payload, e.retry_count, e.crash_count,
            extract(epoch from clock_timestamp() - e.created_at)::float8 as age,
            least(e.run_at, now() - make_interval(secs => \(Watermark.slack))) as front,
            case when e.turn_at is null and e.repository_id in (
                select repository_id from github_sync.github_rate_limits
            ) then e.repository_id end as limited_repository
        """
    }

    /// Events that were worked on before, as far as they are still stored.
    package func recalled(_ ids: Set<UUID>) throws -> [ClaimedEvent] {
        try run(
            """
            select id, delivery_id, event_type, payload, retry_count, crash_count, 0::float8 as age,
                null::bigint as limited_repository
            from github_sync.github_webhook_events
            where id = any(\(ids.sorted()))
            """,
            as: ClaimedEvent.self
        )
    }

    /// Prolongs the leases of what this process holds and returns the claim tokens it still owns.
    package func renew(_ tokens: [UUID], lease: Duration) throws -> Set<UUID> {
        let rows = try run(
            """
            with renewed as (
                update github_sync.github_webhook_events
                set lease_until = now() + make_interval(secs => \(lease / .seconds(1)))
                where status = 'processing' and claim_token = any(\(tokens))
                returning claim_token
            )
            select distinct claim_token from renewed
            """
        )
        return Set(try rows.map { try $0.get("claim_token") })
    }

    /// Gives back what was only claimed: pending again, no retry used.
    package func release(_ claim: Claim) throws {
        try run(
            """
            update github_sync.github_webhook_events
            set status = 'pending', claim_token = null, claimed_by = null, lease_until = null, run_at = now(),
                updated_at = now()
            where status = 'processing' and claim_token = \(claim.token) and id = any(\(claim.events.map(\.id)))
            """
        )
    }

    /// Gives back what the database says `worker` holds under a token it does not know: the answer to a claim was lost
    /// with a connection, and nobody works on it.
    ///
    /// No retry is used, and no lease has to run out.
    /// - Returns: the events that are pending again.
    package func releaseUnknown(
        of worker: String,
        known tokens: [UUID],
        olderThan age: Duration = .seconds(5)
    ) throws -> [UUID] {
        try run(
            """
            update github_sync.github_webhook_events
            set status = 'pending', claim_token = null, claimed_by = null, lease_until = null, run_at = now(),
                updated_at = now()
            where status = 'processing' and claimed_by = \(worker) and claim_token <> all(\(tokens))
              -- One made since the tokens were listed.
              and claimed_at < now() - make_interval(secs => \(age / .seconds(1)))
            returning id
            """
        ).map { try $0.get("id") }
    }

    /// Ends the connections of workers that are frozen in mid-transaction.
    ///
    /// An event that could not be rescued long after its lease is locked: its worker was stopped, or its host cut off,
    /// between two messages, and PostgreSQL would wait for the rest for ever. The row itself says which transaction has
    /// locked it, and so which session, whatever that calls itself and behind whichever pooler. A worker may end what
    /// its own role opened.
    /// - Returns: how many connections were ended.
    package func evictFrozen(except worker: String, lease: Duration) throws -> Int {
        let patience = max(lease, .seconds(5))
        return try run(
            """
            select pg_terminate_backend(a.pid)
            from pg_stat_activity as a
            where a.datname = current_database()
              and a.usename = current_user
              and a.wait_event_type = 'Client'  -- a rescue that is under way waits for nobody
              and a.backend_xid in (
                  select e.xmax
                  from github_sync.github_webhook_events as e
                  where e.status = 'processing'
                    and e.lease_until < now() - make_interval(secs => \(patience / .seconds(1)))
                    and e.claimed_by <> \(worker)
              )
            """
        ).count
    }

    /// Takes back events whose lease ran out, from whichever worker: due again, or failed once `crashLimit` leases
    /// were lost, so that a payload that kills its worker cannot do so for ever.
    /// - Returns: what became of each.
    package func rescue(crashLimit: Int) throws -> [RescuedEvent] {
        try run(
            """
            with expired as materialized (
                select id from github_sync.github_webhook_events
                where status = 'processing' and lease_until < now()
                order by id
                limit 500
                for update skip locked
            )
            update github_sync.github_webhook_events as e
            set status = case when e.crash_count + 1 >= \(crashLimit) then 'failed' else 'pending' end
                    ::github_sync.event_status,
                crash_count = e.crash_count + 1,
                claim_token = null, claimed_by = null, lease_until = null,
                run_at = now() + random() * interval '2 seconds',
                updated_at = now(),
                turn_at = case when e.crash_count + 1 < \(crashLimit) then e.turn_at end,
                processed_at = case when e.crash_count + 1 >= \(crashLimit) then now() end,
                error_message = 'the lease of worker ' || e.claimed_by || ' ran out'
            from expired
            where e.id = expired.id
            returning e.id, e.delivery_id, e.event_type, e.status, e.error_message
            """,
            as: RescuedEvent.self
        )
    }
}
