import Base
import Database
import Foundation

extension Connection {
    /// Finished events received before `time`.
    ///
    /// Ids begin with the time of receipt, so the primary key finds them without an index of their own.
    func prunableCount(before time: Timestamp, statuses: [EventStatus]) throws -> Int {
        try run(
            """
            select count(*) as events
            from github_sync.github_webhook_events
            where id < \(UUID(firstAt: time)) and status = any(\(statuses)::github_sync.event_status[])
            """
        )[0].get("events")
    }

    /// Deletes up to `limit` finished events received before `time`, in the order of ids after `last`.
    ///
    /// Locked first: an event that a replay makes pending at the same moment is not finished any more and stays.
    /// - Returns: the ids that are gone.
    func prune(before time: Timestamp, statuses: [EventStatus], after last: UUID?, limit: Int) throws -> [UUID] {
        try run(
            """
            with old as materialized (
                select id
                from github_sync.github_webhook_events
                where id < \(UUID(firstAt: time))
                    and (\(last) is null or id > \(last))
                    and status = any(\(statuses)::github_sync.event_status[])
                order by id
                limit \(limit)
                for update skip locked
            )
            delete from github_sync.github_webhook_events as e
            using old
            where e.id = old.id
            returning e.id
            """
        ).map { try $0.get("id") }
    }

    /// Forgets the programs that ended, or were lost, before `time`; every start of one leaves a row.
    /// - Returns: how many are gone.
    func forgetPrograms(before time: Timestamp) throws -> Int {
        try run(
            """
            with workers as (
                delete from github_sync.github_workers as w
                where coalesce(w.stopped_at, w.heartbeat_at) < \(time)
                    -- What it held is still to be rescued, and says its name.
                    and not exists (
                        select from github_sync.github_webhook_events as e
                        where e.status = 'processing' and e.claimed_by = w.id
                    )
                returning w.id
            ), nodes as (
                delete from github_sync.github_ingest_nodes as n
                where coalesce(n.stopped_at, n.heartbeat_at) < \(time)
                returning n.id
            )
            select (select count(*) from workers) + (select count(*) from nodes) as programs
            """
        )[0].get("programs")
    }
}

extension UUID {
    /// The smallest id an event received at that time can have.
    fileprivate init(firstAt time: Timestamp) {
        let milliseconds = UInt64(max(0, time.microseconds / 1000))
        self.init(high: milliseconds << 16, low: 0)
    }
}
