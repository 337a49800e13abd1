import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Queue
@testable import Run
@testable import Worker

/// What a slot counts beside the outcomes of its events.
@Suite struct BatchWorkerCountTests {
    private let metrics: WorkerMetrics

    init() {
        let nowhere = DatabaseConfig(url: Secret("postgres://nobody@127.0.0.1:1/none"), applicationName: "test")
        metrics = WorkerMetrics(
            leases: Leases(lease: .seconds(60), timeLimit: .seconds(300)),
            slots: 1,
            queue: QueueGauges(nowhere)
        )
    }

    private func work(on claim: Claim, in bench: SyncBench) async {
        await BatchWorker(
            connection: bench.connection,
            retries: RetryPolicy(maxRetries: 3, backoff: .seconds(15)),
            metrics: metrics,
            log: bench.log
        ).work(on: claim)
    }

    @Test func `an event that has another owner is counted as lost, its neighbours as completed`() async throws {
        try await SyncBench.with { bench in
            for number in Int64(1)...3 { try await bench.deliver(SampleIssue(number).event("opened")) }
            let claim = try await bench.connection.claim(limit: 3, worker: "w", lease: .seconds(60), maxRetries: 3)
            let stolen = try #require(claim.events.last).id
            try await bench.connection.execute(
                "update github_sync.github_webhook_events set claim_token = gen_random_uuid() where id = \(stolen)"
            )
            await work(on: claim, in: bench)
            #expect(metrics.lostClaims.value == 1)
            #expect(metrics.syncs.value(.completed) == 2)
            #expect(metrics.conflicts.value == 0)
        }
    }

    @Test func `a conflict is counted, run again at once and costs no retry`() async throws {
        try await SyncBench.with { bench in
            // A sequence keeps its place when the transaction rolls back: two conflicts, then peace.
            try await bench.connection.runScript(
                """
                create sequence public.conflicts;
                create function public.conflict() returns trigger language plpgsql as $$
                begin
                    if nextval('public.conflicts') <= 2 then raise exception 'conflict' using errcode = '40001'; end if;
                    return new;
                end $$;
                create trigger conflict before insert on public.issues
                for each row execute function public.conflict();
                """,
                within: .seconds(5)
            )
            try await bench.deliver(SampleIssue(1).event("opened"))
            let claim = try await bench.connection.claim(limit: 3, worker: "w", lease: .seconds(60), maxRetries: 3)
            await work(on: claim, in: bench)
            #expect(metrics.conflicts.value == 2)
            #expect(metrics.syncs.value(.completed) == 1)
            #expect(metrics.syncs.value(.retried) == 0)
            #expect(metrics.page.contains("plane_worker_database_errors_total{kind=\"conflict\"} 2\n"))
            #expect(metrics.page.contains("github_mcp_sync_duration_seconds_count{direction=\"from_github\"} 3\n"))
        }
    }
}
