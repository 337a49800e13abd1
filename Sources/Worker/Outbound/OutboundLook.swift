import Database
import Foundation
import Sync

/// A look at Plane's rows for changes that have to go to GitHub.
package struct OutboundLook: Sendable, Equatable {
    /// Objects that differ.
    package let found: Int
    package let duration: Duration
}

extension Connection {
    /// Looks which issues and comments in Plane differ from what both sides agreed on, and puts them into the queue.
    ///
    /// One worker looks for all. Nothing is added to Plane's tables: a row that was written since the last look, by
    /// whatever way, has a transaction id that the last look could not have seen yet. PostgreSQL's own count of written
    /// rows tells cheaply that there was none; it may be ten seconds late, and may be reset, so once a minute the rows
    /// are looked at anyway. A connection whose rules are new is looked at as a whole. However many workers there are,
    /// looks take a twentieth of the time at most.
    /// - Returns: nil when nobody has asked for anything to be sent, another worker looks just now, or nothing was
    ///   written.
    package func look() throws -> OutboundLook? {
        let start = ContinuousClock.now
        return try transaction { connection in
            guard let last = try connection.beginLook(.everything), last.isDue else { return nil }
            let rows = try connection.run(
                Self.enqueue(
                    issues: Self.touchedIssues(since: last),
                    comments: Self.touchedComments(since: last),
                    of: last.activeSyncs
                ),
                within: Self.lookLimit
            )
            let duration = ContinuousClock.now - start
            let end = Read.running([Self.remember(last, duration)])
            try connection.runAndCommit(end)
            return OutboundLook(found: rows.count, duration: duration)
        }
    }

    /// Looks at the objects that Plane's webhook named, which takes a moment however many there are in all.
    ///
    /// Deletions are left to a look at everything, which sees how many there are at once.
    /// - Returns: nil when nobody has asked for anything to be sent, or another worker does the same just now.
    package func look(at woken: [Wake]) throws -> OutboundLook? {
        let start = ContinuousClock.now
        func ids(_ kind: PlaneMark.Kind) -> [UUID] { woken.filter { $0.kind == kind }.map(\.planeID) }
        let (issues, comments) = (ids(.issue), ids(.comment))
        return try transaction { connection in
            guard let last = try connection.beginLook(.woken) else { return nil }
            let found = Self.enqueue(
                issues: "select unnest(\(issues))",
                comments: "select unnest(\(comments))",
                of: last.activeSyncs,
                woken: issues + comments
            )
            let rows = try connection.runAndCommit([found])[0]
            return OutboundLook(found: rows.count, duration: ContinuousClock.now - start)
        }
    }

    /// One worker at a time looks at everything, which may take long, and one at what was named.
    ///
    /// The keys are "gsynco" and "gsyncw" in ASCII.
    private enum LookLock: Int64 {
        case everything = 113_745_656_177_519
        case woken = 113_745_656_177_527
    }

    /// Longer than other statements may take: the first look at new rules compares every issue, which takes minutes where
    /// a million of them have to be read from a disk.
    private static let lookLimit = Duration.seconds(905)

    private func beginLook(_ lock: LookLock) throws -> LastLook? {
        let settings: [Query] = [
            "set local lock_timeout = '2s'", "set local statement_timeout = '15min'",
            // A plan that was kept from a time when the tables were small would take minutes once they have grown.
            "set local plan_cache_mode = force_custom_plan",
        ]
        return try run(Read(Self.lastLook(lock), as: LastLook.self), after: settings).first
    }

    /// From the beginning of a look to the next one of any worker.
    private static let pause: Query = """
        greatest(interval '1 second', 20 * coalesce(l.duration_seconds, 0) * interval '1 second')
        """

    /// The last look, and how things are now; no row while another worker looks, or there is nothing to look for.
    private static func lastLook(_ lock: LookLock) -> Query {
        """
        with active as materialized (
            select f.repository_sync_id,
                f.repository_sync_id::text || md5((s.settings -> 'outbound')::text) as rules
            from github_sync.github_sync_settings as s
            inner join github_sync.followers(array(select repository_id from public.github_repositories)) as f
                on f.repository_sync_id = s.repository_sync_id
            where s.settings #>> '{outbound,issues}' <> 'off'
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
            (l.writes is distinct from w.writes or l.looked_at is null or l.looked_at < now() - interval '1 minute')
                and coalesce(now() - l.looked_at >= \(pause), true) as is_due
        from (
            select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint as writes
            from pg_stat_user_tables
            where schemaname = 'public' and relname in ('issues', 'issue_labels', 'issue_assignees', 'issue_comments', 'states')
        ) as w
        left join github_sync.github_outbound_looks as l on true
        where exists (select from active) and pg_try_advisory_xact_lock(\(lock.rawValue))
        """
    }

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

    /// Issues that were written since the last look, or belong to a connection with new rules.
    private static func touchedIssues(since last: LastLook) -> Query {
        let isRecent = isRecent(last)
        return """
            select r.id from public.issues as r where \(isRecent)
            union
            select r.issue_id from public.issue_labels as r where \(isRecent)
            union
            select r.issue_id from public.issue_assignees as r where \(isRecent)
            union
            select v.issue_id from github_sync.github_issue_versions as v
            where v.repository_sync_id = any(\(last.newSyncs)::uuid[])
            union
            select x.issue_id from active as a
            inner join public.labels as l
                on l.project_id = a.project_id and lower(l.name) = lower(a.create_label) and l.deleted_at is null
            inner join public.issue_labels as x on x.label_id = l.id and x.deleted_at is null
            where a.repository_sync_id = any(\(last.newSyncs)::uuid[])
            union
            select i.id from active as a
            inner join public.issues as i
                on i.project_id = a.project_id and (a.issues_since is null or i.created_at >= a.issues_since)
            where a.scope = 'all' and a.repository_sync_id = any(\(last.newSyncs)::uuid[])
            """
    }

    /// Comments that were written since the last look, where anybody asks for comments.
    private static func touchedComments(since last: LastLook) -> Query {
        """
        select r.id from public.issue_comments as r
        where exists (select from active where comments <> 'off') and \(isRecent(last))
        union
        select c.id from active as a
        inner join public.issue_comments as c
            on c.project_id = a.project_id and (a.comments_since is null or c.created_at >= a.comments_since)
        where a.comments <> 'off' and a.repository_sync_id = any(\(last.newSyncs)::uuid[])
        """
    }

    /// The subquery is evaluated once, and not for each row.
    private static func isRecent(_ last: LastLook) -> Query {
        last.lastHorizon.map { "age(r.xmin) <= (select age(\($0)::xid8::xid))" } ?? "false"
    }

    /// How long the first look at rules takes says nothing about those that follow.
    private static func remember(_ look: LastLook, _ duration: Duration) -> Query {
        let seconds = look.newSyncs == nil ? duration / .seconds(1) : nil
        return """
            insert into github_sync.github_outbound_looks as l (horizon, writes, rules, looked_at, duration_seconds)
            values (\(look.horizon), \(look.writes), \(look.rules)::jsonb, now(), \(seconds))
            on conflict (id) do update
            set horizon = excluded.horizon, writes = excluded.writes, rules = excluded.rules,
                looked_at = excluded.looked_at,
                duration_seconds = coalesce(excluded.duration_seconds, l.duration_seconds)
            """
    }
}
