import Foundation
import TestSupport

@testable import Database
@testable import Queue
@testable import Worker

/// A queue of one test's own, with events of repositories that may be limited.
struct ThrottleBench: Sendable {
    static let busy: Int64 = 700
    static let calm: Int64 = 800

    let database: TestDatabase
    let connection: Connection

    static func with(_ body: @Sendable (ThrottleBench) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            try await body(ThrottleBench(database: database, connection: database.connection(as: .worker)))
        }
    }

    func limit(_ perMinute: Int, burst: Int, repository: Int64 = busy) async throws {
        try await admin.setRateLimit(repository: repository, RateLimit(perMinute: perMinute, burst: burst))
    }

    var admin: Connection { database.connection(as: .admin) }

    /// Puts events into the queue, due one microsecond after the other, since a minute ago.
    func fill(_ count: Int, repository: Int64 = busy, as name: String = "event") async throws {
        try await database.connection().execute(
            """
            insert into github_sync.github_webhook_events (
                id, delivery_id, event_type, repository_id, repository_name, payload, run_at
            )
            select gen_random_uuid(), \(name) || ' ' || n, 'issues', \(repository), 'acme/' || \(repository), '{}',
                now() - interval '1 minute' + n * interval '1 microsecond'
            from generate_series(1, \(count)) as n
            """
        )
    }

    func claim(_ limit: Int = 64) async throws -> Claim {
        try await connection.claim(limit: limit, worker: "w", lease: .seconds(60), maxRetries: 3)
    }

    func claimReady(_ limit: Int = 64) async throws -> [String] {
        try await connection.throttle(claim(limit)).ready.events.map(\.deliveryID)
    }

    /// The turns given so far, in seconds after the first, in order.
    func turns(of repository: Int64 = busy) async throws -> [Double] {
        try await connection.values(
            """
            select extract(epoch from turn_at - min(turn_at) over ())::float8 as value
            from github_sync.github_webhook_events
            where repository_id = \(repository) and turn_at is not null
            order by turn_at
            """
        )
    }

    /// Names of the events that pass, in the order of their turns.
    func names(_ status: EventStatus, waiting: Bool? = nil) async throws -> [String] {
        try await connection.values(
            """
            select delivery_id as value from github_sync.github_webhook_events
            where status = \(status)::github_sync.event_status and (\(waiting) is null or (run_at > now()) = \(waiting))
            order by turn_at, run_at, id
            """
        )
    }

    /// Lets everything that waits come due, as time would.
    func passTime() async throws {
        try await database.connection().execute(
            """
            update github_sync.github_webhook_events
            set run_at = now() - interval '1 second', turn_at = case when turn_at is not null then now() end
            where status = 'pending'
            """
        )
    }

    /// When the limit's burst will have come back.
    func nextFree(_ repository: Int64 = busy) async throws -> [String] {
        try await connection.values(
            """
            select next_free_at::text as value from github_sync.github_rate_limits where repository_id = \(repository)
            """
        )
    }
}

extension Connection {
    /// The column `value` of every row.
    func values<Value: SQLValue>(_ query: Query) throws -> [Value] { try run(query).map { try $0.get("value") } }
}
