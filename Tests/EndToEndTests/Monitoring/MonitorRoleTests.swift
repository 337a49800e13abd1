import Database
import Foundation
import TestSupport
import Testing

/// All views together: who may read them, what they never show, and what they never read.
@Suite struct MonitorRoleTests {
    private static let views = [
        "github_api_budget", "github_failures", "github_fleet", "github_ingest_fleet", "github_leases",
        "github_outbound_status", "github_queue_ages", "github_queue_depth", "github_queue_latency",
        "github_queue_oldest",
        "github_rate_limits_waiting", "github_repository_queue", "github_retries", "github_throughput",
    ]

    @Test func `the monitor reads every view there is, and none has a payload or a claim token`() async throws {
        try await MonitoringViews.with { views in
            let marker = "marmalade"
            for status in EventStatus.allCases {
                var seed = CommandsSeed(age: 30)
                seed.status = status
                seed.payload = "{\"action\":\"opened\",\"title\":\"\(marker)\"}"
                try await views.connection.insert(seed)
                if status == .pending { try await views.set("retry_count = 1, error_message = 'no'", of: seed) }
            }
            let tokens: [String] = try await views.connection.values(
                """
                select claim_token::text as value from github_sync.github_webhook_events
                where claim_token is not null
                """
            )
            let found: [String] = try await views.monitor.values(
                """
                select relname::text as value from pg_class
                where relnamespace = 'github_sync'::regnamespace and relkind in ('v', 'm') order by 1
                """
            )
            #expect(found == Self.views)
            for view in found {
                let text = try await views.rows("t.*", from: "\(view) as t").joined(separator: "\n")
                #expect(!text.contains(marker), "\(view)")
                #expect(!tokens.contains { text.contains($0) }, "\(view)")
            }
            #expect(tokens.count == 1)
        }
    }

    @Test func `no view walks over what was completed long ago`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            var failed = CommandsSeed(age: 100)
            failed.status = .failed
            try await connection.insert(CommandsSeed(), failed)
            try await connection.change(
                """
                insert into github_sync.github_webhook_events (
                    id, delivery_id, event_type, status, payload, repository_id, repository_sync_id,
                    created_at, claimed_at, processed_at
                )
                select
                    (
                        left(github_sync.first_event_id(received)::text, 14) || '7'
                        || right(gen_random_uuid()::text, 21)
                    )::uuid,
                    'old-' || number, 'issues', 'completed', '{}', number % 3,
                    ('00000000-0000-4000-8000-00000000000' || number % 3)::uuid, received, received, received
                from generate_series(1, 20000) as number
                cross join lateral (select now() - interval '30 days' + number * interval '1 second') as t (received)
                """
            )
            try await connection.runScript("vacuum analyze github_sync.github_webhook_events", within: .seconds(20))
            for view in Self.views {
                try await connection.runScript("select pg_stat_reset()", within: .seconds(5))
                let monitor = database.connection("monitor", as: .monitor)
                let query = "select * from github_sync.\(view)"
                try await monitor.execute(Query(unescapedTextOfOurOwn: query))
                // Entries that a scan only passes over in an index are counted nowhere: this one holds all events.
                let plan = try await monitor.plan(Query(unescapedTextOfOurOwn: "explain \(query)"))
                #expect(!plan.contains("Seq Scan on github_webhook_events"), "\(view): \(plan)")
                #expect(!plan.contains("github_webhook_events_type_status"), "\(view): \(plan)")
                await monitor.close()
                // A session hands in what it counted before it leaves this list.
                let hasLeft = try await eventually {
                    try await connection.value(
                        """
                        select not exists (
                            select from pg_stat_activity
                            where datname = current_database() and application_name = 'monitor'
                        ) as value
                        """
                    )
                }
                #expect(hasLeft)
                let read: Int = try await connection.value(
                    """
                    select (
                        (
                            select seq_tup_read + idx_tup_fetch from pg_stat_user_tables
                            where relname = 'github_webhook_events'
                        ) + (
                            select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'github_webhook_events'
                        )
                    )::bigint as value
                    """
                )
                #expect(read < 100, "\(view) read \(read)")
            }
        }
    }
}

extension Connection {
    fileprivate func plan(_ query: Query) throws -> String {
        try run(query).map { try $0.get("QUERY PLAN", as: String.self) }.joined(separator: "\n")
    }
}
