import Base
import Database
import Foundation
import TestSupport
import Testing

/// The views of what is in the queue, each on rows that are known.
@Suite struct QueueViewTests {
    @Test func `the depth is told by status and type, with what is due, runs again or waits for its turn`()
        async throws
    {
        try await MonitoringViews.with { views in
            try await views.add(age: 5)
            try await views.add(age: 400, set: "retry_count = 1, run_at = now() + interval '1 minute'")
            try await views.add(set: "turn_at = now() + interval '1 minute', run_at = now() + interval '1 minute'")
            try await views.add(.processing, age: 9)
            try await views.add(.pending, .issueComment, age: 100_000)
            try await views.add(.completed)
            try await views.add(.failed)
            let rows = try await views.rows(
                "status, event_type, events, due, retrying, limited, floor(oldest_seconds / 100)",
                from: "github_queue_depth"
            )
            #expect(
                rows == [
                    "pending issue_comment 1 1 0 0 1000", "pending issues 3 1 1 1 4", "processing issues 1 1 0 0 0",
                ]
            )
        }
    }

    @Test func `what waits is told by age`() async throws {
        try await MonitoringViews.with { views in
            for age in [5.0, 30, 120, 4_000, 100_000, 200_000] { try await views.add(age: age) }
            try await views.add(.processing, age: 700)
            try await views.add(.completed, age: 700)
            let rows = try await views.rows("status, event_type, at_least, events", from: "github_queue_ages")
            #expect(
                rows == [
                    "pending issues 00:00:00 2", "pending issues 00:01:00 1", "pending issues 01:00:00 1",
                    "pending issues 1 day 2", "processing issues 00:10:00 1",
                ]
            )
        }
    }

    @Test func `the oldest is another one by the order of claims than by receipt`() async throws {
        try await MonitoringViews.with { views in
            #expect(try await views.rows("by", from: "github_queue_oldest") == [])
            let waiting = try await views.add(
                age: 500,
                error: "no",
                set: "retry_count = 2, run_at = now() + interval '1 hour'"
            )
            let next = try await views.add(age: 300, set: "run_at = now() - interval '20 seconds'")
            try await views.add(age: 400, set: "run_at = now() - interval '10 seconds'")
            try await views.add(.completed, age: 900)
            let rows = try await views.rows(
                "by, id, delivery_id, floor(age_seconds / 100), retry_count, error_message",
                from: "github_queue_oldest"
            )
            #expect(
                rows == [
                    "claim \(next.id.text) \(next.delivery) 3 0",
                    "receipt \(waiting.id.text) \(waiting.delivery) 5 2 no",
                ]
            )
        }
    }

    @Test func `retries are the unfinished events that failed or lost their worker, with the reason`() async throws {
        try await MonitoringViews.with { views in
            try await views.add()
            try await views.add(.failed)
            try await views.add(.completed)
            let retried = try await views.add(
                error: "no such state",
                set: "retry_count = 2, run_at = now() + interval '100 seconds'"
            )
            let running = try await views.add(.processing, error: "lost", set: "crash_count = 1")
            let rows = try await views.rows(
                "id, status, retry_count, max_retries, crash_count, error, ceil(due_in_seconds / 100)",
                from: "github_retries"
            )
            let expected = [
                "\(retried.id.text) pending 2 3 0 no such state 1", "\(running.id.text) processing 0 3 1 lost 0",
            ]
            #expect(rows.sorted() == expected.sorted())
        }
    }

    @Test func `each repository shows what is open, what failed, what was done, and when it was last heard of`()
        async throws
    {
        try await MonitoringViews.with { views in
            let busy = "repository_id = 1, repository_name = 'a/busy', repository_sync_id = gen_random_uuid()"
            try await views.add(age: 700, set: busy)
            try await views.add(age: 200, set: busy + ", run_at = now() + interval '1 hour'")
            try await views.add(.processing, age: 300, set: busy)
            try await views.add(.failed, age: 100_000, set: busy)
            try await views.add(.completed, age: 1_000, set: busy)
            try await views.add(.completed, age: 100_000, set: busy)
            // Quiet for days; it was renamed in between.
            let quiet = "repository_id = 2, repository_sync_id = '00000000-0000-4000-8000-000000000002'"
            try await views.add(.completed, age: 500_000, set: quiet + ", repository_name = 'a/before'")
            try await views.add(.completed, age: 400_000, set: quiet + ", repository_name = 'a/after'")
            // Followed by several projects: only while something of it is open or of the last hour.
            let shared = "repository_sync_id = null, repository_id ="
            try await views.add(.completed, age: 400_000, set: "\(shared) 3, repository_name = 'a/shared'")
            try await views.add(age: 10, set: "\(shared) 4, repository_name = 'a/waiting'")
            let rows = try await views.rows(
                """
                repository_id, repository_name, pending, due, processing, failed, completed_last_hour,
                floor(extract(epoch from now() - oldest_pending) / 100),
                floor(extract(epoch from now() - latest) / 100)
                """,
                from: "github_repository_queue"
            )
            #expect(rows == ["1 a/busy 2 1 1 1 1 7 2", "2 a/after 0 0 0 0 0 4000", "4 a/waiting 1 1 0 0 0 0 0"])
        }
    }
}
