import Database
import Foundation

/// A look at Plane's rows for changes that have to go to GitHub.
package struct OutboundLook: Sendable, Equatable {
    /// Objects that differ.
    package let found: Int
    package let duration: Duration
}

extension Connection {
    /// Looks which issues in Plane differ from what both sides agreed on, and puts them into the queue.
    ///
    /// One worker looks for all. Nothing is added to Plane's tables: a row that was written since the last look, by
    /// whatever way, has a transaction id that the last look could not have seen yet. PostgreSQL's own count of written
    /// rows tells cheaply that there was none; it may be ten seconds late, and may be reset, so once a minute the rows
    /// are looked at anyway. A connection whose rules are new is looked at as a whole.
    /// - Returns: nil when nobody has asked for anything to be sent, another worker looks just now, or nothing was
    ///   written.
    package func look() throws -> OutboundLook? {
        let start = ContinuousClock.now
        return try transaction { connection in
            let begin = Read(Self.lastLook, as: LastLook.self)
            guard let last = try connection.run(begin, after: ["set local lock_timeout = '2s'"]).first, last.isDue
            else {
                return nil
            }
            let rows = try connection.run(Self.enqueueChanges(since: last))
            let duration = ContinuousClock.now - start
            let end = Read.running([Self.remember(last, duration)])
            try connection.runAndCommit(end)
            return OutboundLook(found: rows.count, duration: duration)
        }
    }

    /// The last look, and how things are now; no row while another worker looks, or there is nothing to look for.
    private static let lastLook: Query = """
        with active as materialized (
            select f.repository_sync_id,
                f.repository_sync_id::text || md5((s.settings -> 'outbound')::text) as rules
            from github_sync.github_sync_settings as s
            inner join github_sync.followers(array(select repository_id from public.github_repositories)) as f
                on f.repository_sync_id = s.repository_sync_id
            where s.settings #>> '{outbound,issues}' = 'linked'
        )
        select
            pg_snapshot_xmin(pg_current_snapshot())::text as horizon,
            w.writes,
            (select jsonb_agg(rules order by rules) from active) as rules,
            (select array_agg(repository_sync_id) from active)::text as active_syncs,
            (
                select array_agg(repository_sync_id) from active
                where l.horizon is null or not coalesce(l.rules, '[]') ? active.rules
            )::text as new_syncs,
            l.horizon as last_horizon,
            l.writes is distinct from w.writes or coalesce(l.looked_at, '-infinity') < now() - interval '1 minute' as is_due
        from (
            select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint as writes
            from pg_stat_user_tables
            where schemaname = 'public' and relname in ('issues', 'issue_labels', 'states')
        ) as w
        left join github_sync.github_outbound_looks as l on true
        -- The key is "gsynco" in ASCII.
        where exists (select from active) and pg_try_advisory_xact_lock(113745656177519)
        """

    private struct LastLook: Sendable, RowDecodable {
        let horizon: String
        let writes: Int64
        let rules: JSONText
        /// Arrays as PostgreSQL writes them.
        let activeSyncs: String
        let newSyncs: String?
        let lastHorizon: String?
        let isDue: Bool

        init(row: Row) throws {
            horizon = try row.get("horizon")
            writes = try row.get("writes")
            rules = try row.get("rules")
            activeSyncs = try row.get("active_syncs")
            newSyncs = try row.getIfPresent("new_syncs")
            lastHorizon = try row.getIfPresent("last_horizon")
            isDue = try row.get("is_due") || newSyncs != nil
        }
    }

    /// Of issues that were written since the last look, or belong to a connection with new rules, those that differ.
    ///
    /// What waits already waits for a pause in the changes, five seconds long, but not more than two minutes. What met
    /// an obstacle waits for its end.
    private static func enqueueChanges(since last: LastLook) -> Query {
        let isRecent: Query = last.lastHorizon.map { "age(r.xmin) <= age(\($0)::xid8::xid)" } ?? "false"
        return """
            with touched as (
                select r.id as issue_id from public.issues as r where \(isRecent)
                union
                select r.issue_id from public.issue_labels as r where \(isRecent)
                union
                select v.issue_id from github_sync.github_issue_versions as v
                where v.repository_sync_id = any(\(last.newSyncs)::uuid[])
            )
            insert into github_sync.github_outbound as o (repository_sync_id, kind, plane_id, run_at)
            select v.repository_sync_id, 'issue', v.issue_id, now() + interval '5 seconds'
            from touched as t
            inner join github_sync.github_issue_versions as v
                on v.issue_id = t.issue_id and v.repository_sync_id = any(\(last.activeSyncs)::uuid[])
            inner join public.issues as i on i.id = v.issue_id and i.deleted_at is null
            left join public.states as st on st.id = i.state_id
            where v.github_updated_at is not null and v.deleted_at is null
                and (
                    substr(sha256(convert_to(i.name, 'UTF8')), 1, 16)
                        is distinct from coalesce(v.plane_name_hash, v.title_hash)
                    or case when st."group" in ('completed', 'cancelled') then st."group" else 'open' end
                        is distinct from coalesce(v.plane_state, v.state)
                    or exists (
                        select from public.issue_labels as x
                        where x.issue_id = i.id and x.deleted_at is null and not \(Query.cameWithIssue)
                            and not exists (
                                select from jsonb_each_text(v.labels) as a where a.value = x.label_id::text
                            )
                    )
                    or exists (
                        select from jsonb_each_text(v.labels) as a
                        where a.key::bigint > 0 and not exists (
                            select from public.issue_labels as x
                            where x.issue_id = i.id and x.label_id = a.value::uuid and x.deleted_at is null
                        )
                    )
                )
            on conflict (plane_id, repository_sync_id, kind) do update
            set changed_at = now(), updated_at = now(),
                status = case when o.status = 'processing' then o.status else 'pending' end,
                created_at = case when o.processed_at is null then o.created_at else now() end,
                processed_at = null,
                retry_count = case when o.status = 'failed' then 0 else o.retry_count end,
                run_at = case
                    when o.status in ('pending', 'processing') and o.error_message is not null then o.run_at
                    when o.status = 'pending' then least(excluded.run_at, o.created_at + interval '2 minutes')
                    else excluded.run_at
                end
            returning o.id
            """
    }

    private static func remember(_ look: LastLook, _ duration: Duration) -> Query {
        """
        insert into github_sync.github_outbound_looks as l (horizon, writes, rules, looked_at, duration_seconds)
        values (\(look.horizon), \(look.writes), \(look.rules)::jsonb, now(), \(duration / .seconds(1)))
        on conflict (id) do update
        set horizon = excluded.horizon, writes = excluded.writes, rules = excluded.rules,
            looked_at = excluded.looked_at, duration_seconds = excluded.duration_seconds
        """
    }
}
