import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Queue
@testable import Run
@testable import Worker

/// A server that answers and cannot do the work, such as one without disk or memory to spare.
@Suite(.enabled(if: TestEnvironment.includesFaults, "TEST_FAULTS is not set"))
struct ObstructionFaultTests {
    @Test(.timeLimit(.minutes(10))) func `a batch it cannot work on is put off before the worker's time is up`()
        async throws
    {
        try await SyncBench.with { bench in
            try await bench.connection.runScript(
                """
                create function public.refuse() returns trigger language plpgsql as $$
                begin
                    raise exception 'out of memory' using errcode = '53200';
                end $$;
                create trigger refuse before insert on public.issues for each row execute function public.refuse();
                """,
                within: .seconds(5)
            )
            let count = 40
            for number in 1...Int64(count) { try await bench.deliver(SampleIssue(number).event("opened")) }
            let claim = try await bench.connection.claim(limit: count, worker: "w", lease: .seconds(300), maxRetries: 3)
            let metrics = WorkerMetrics(
                leases: Leases(lease: .seconds(60), timeLimit: .seconds(300)),
                slots: 1,
                queue: QueueGauges(bench.connection.config)
            )
            let start = ContinuousClock.now
            let ending = await BatchWorker(
                connection: bench.connection,
                retries: RetryPolicy(maxRetries: 3, backoff: .seconds(15)),
                metrics: metrics,
                log: bench.log
            ).work(on: claim)
            // Each by itself would take three seconds or more.
            #expect(ContinuousClock.now - start < .seconds(80))
            #expect(ending == .recorded)
            for event in claim.events {
                let stored = try await bench.event(event.id)
                #expect(stored.status == .pending)
                #expect(stored.retries == 0)
                #expect(stored.error?.isEmpty == false)
            }
        }
    }
}
