import Base
import Database
import Foundation

/// An event that was taken back from a worker whose lease ran out.
package struct RescuedEvent: Sendable, Equatable, RowDecodable {
    let id: UUID
    let deliveryID: String
    let type: String
    /// Pending, or failed when it has lost too many leases.
    package let status: EventStatus
    /// Names the worker.
    let error: String

    package init(row: Row) throws {
        id = try row.get("id")
        deliveryID = try row.get("delivery_id")
        type = try row.get("event_type")
        status = try row.get("status")
        error = try row.get("error_message")
    }

    package var logKeys: Log.Keys {
        [.eventID: id.text, .deliveryID: deliveryID, .event: type, .status: status.rawValue, .error: error]
    }
}

extension Connection {
    /// Takes back rows whose lease ran out, from whichever worker: due again, or failed once `crashLimit` leases were
    /// lost, so that work that kills its worker cannot do so for ever.
    /// - Returns: what became of each.
    package func rescue<Rescued: RowDecodable>(
        crashLimit: Int,
        in table: QueueTable = .events,
        as: Rescued.Type = RescuedEvent.self
    ) throws -> [Rescued] {
        try run(
            """
            with expired as materialized (
                select \(table.key) as expired_key, crash_count + 1 as crashes_so_far,
                    'the lease of worker ' || claimed_by || ' ran out' as lease_error
                from \(table.name)
                where \(table.isClaimed) and lease_until < now()
                order by \(table.key)
                limit 500
                for update skip locked
            ), due as (
                update \(table.name)
                set \(table.pending), run_at = now() + random() * interval '2 seconds',
                    crash_count = crashes_so_far, error_message = lease_error\(table.attempt("'lost'", "lease_error"))
                from expired
                where \(table.key) = expired_key and crashes_so_far < \(crashLimit)
                returning \(table.identity), status, error_message
            ), failed as (
                update \(table.name)
                set \(table.failed), crash_count = crashes_so_far, error_message = lease_error
                    \(table.attempt("'lost'", "lease_error"))
                from expired
                where \(table.key) = expired_key and crashes_so_far >= \(crashLimit)
                returning \(table.identity), status, error_message
            )
            select * from due union all select * from failed
            """,
            as: Rescued.self
        )
    }

    /// Ends the connections of workers that are frozen in mid-transaction.
    ///
    /// A row that could not be rescued long after its lease is locked: its worker was stopped, or its host cut off,
    /// between two messages, and PostgreSQL would wait for the rest for ever. The row itself says which transaction has
    /// locked it, and so which session, whatever that calls itself and behind whichever pooler. A worker may end what
    /// its own role opened.
    /// - Returns: how many connections were ended.
    package func evictFrozen(except worker: String, lease: Duration, in table: QueueTable = .events) throws -> Int {
        let patience = max(lease, .seconds(5))
        return try run(
            """
            select pg_terminate_backend(a.pid)
            from pg_stat_activity as a
            where a.datname = current_database()
              and a.usename = current_user
              and a.wait_event_type = 'Client'  -- a rescue that is under way waits for nobody
              and a.backend_xid in (
                  select q.xmax
                  from \(table.name) as q
                  where q.\(table.isClaimed)
                    and q.lease_until < now() - make_interval(secs => \(patience / .seconds(1)))
                    and q.claimed_by <> \(worker)
              )
            """
        ).count
    }
}
