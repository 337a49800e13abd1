import Base
import Database
import Foundation
import TestSupport
import Testing

/// The views of what was received, finished and failed, each on rows that are known.
@Suite struct HistoryViewTests {
    @Test func `latency is told in three stretches for each hour`() async throws {
        try await MonitoringViews.with { views in
            // A hundred and one events of the last full hour: claimed after n hundredths of a second, done after twice
            // as much again; one that failed, and one of two days ago.
            try await views.connection.change(
                """
                insert into github_sync.github_webhook_events
                    (id, delivery_id, event_type, status, payload, created_at, claimed_at, processed_at)
                select gen_random_uuid(), n::text, 'issues', kind::github_sync.event_status, '{}', received,
                    received + n * interval '10 milliseconds', received + n * interval '30 milliseconds'
                from (
                    select n, 'completed', date_trunc('hour', now()) - interval '30 minutes'
                    from generate_series(0, 100) as n
                    union all values (900, 'failed', date_trunc('hour', now()) - interval '30 minutes'),
                        (901, 'completed', now() - interval '2 days')
                ) as e (n, kind, received)
                """
            )
            let columns = """
                hour = date_trunc('hour', now()) - interval '1 hour', events, claim_p50, claim_p95, claim_p99,
                work_p50, work_p95, work_p99, complete_p50, complete_p95, complete_p99
                """
            let rows = try await views.rows(columns, from: "github_queue_latency")
            #expect(rows == ["t 101 0.5 0.95 0.99 1 1.9 1.98 1.5 2.85 2.97"])
        }
    }

    @Test func `throughput counts what came and went in a minute`() async throws {
        try await MonitoringViews.with { views in
            let now = Date().timeIntervalSince1970
            let minute = (now / 60).rounded(.down) * 60 - 300
            for status in [EventStatus.pending, .completed, .completed, .failed] {
                try await views.add(status, age: now - minute - 30)
            }
            try await views.add(.completed, age: 10_000)
            let rows = try await views.rows(
                "extract(epoch from minute)::bigint, received, completed, failed",
                from: "github_throughput"
            )
            #expect(rows == ["\(Int(minute)) 4 2 1"])
        }
    }

    @Test func `failures that differ only in ids, times and numbers are one`() async throws {
        try await MonitoringViews.with { views in
            func lost(_ worker: String) -> String { "the lease of worker \(worker) ran out" }
            try await views.add(.failed, age: 900, error: lost("host-1234567-99"))
            try await views.add(.failed, age: 800, error: lost("host-12-3829384"), set: "repository_id = 2")
            let last = try await views.add(.failed, age: 700, error: lost("host-8-12345678"))
            for id in [UUID(), UUID()] {
                try await views.add(.failed, age: 60, error: "PostgreSQL refused (23505): \(id.text) is taken")
            }
            try await views.add(.failed, age: 60, error: "PostgreSQL refused (23514): not allowed")
            let rows = try await views.rows(
                "events, repositories, event_type, error, floor(extract(epoch from now() - first_received) / 100)",
                from: "github_failures"
            )
            #expect(
                rows == [
                    "1 1 issues PostgreSQL refused (23514): not allowed 0",
                    "2 1 issues PostgreSQL refused (23505): # is taken 0",
                    "3 2 issues the lease of worker host# ran out 9",
                ]
            )
            let id = try await views.rows("last_event_id", from: "github_failures where events = 3")
            #expect(id == [last.id.text])
        }
    }
}
