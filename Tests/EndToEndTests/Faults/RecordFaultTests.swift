import Database
import Foundation
import TestSupport
import Testing

/// Failures that cannot be written down.
@Suite(.serialized) struct RecordFaultTests {
    @Test(.timeLimit(.minutes(15)))
    func `an event that fails and whose failure cannot be recorded ends failed, too`() async throws {
        try await FaultBench.with { bench in
            try await bench.connection.execute(
                "alter table public.issues add constraint none check (name <> 'Bad') not valid"
            )
            // All that says why an attempt failed is refused; what a lost lease says is not.
            try await bench.connection.execute(
                """
                alter table github_sync.github_webhook_events add constraint silent
                check (error_message like 'the lease of worker %') not valid
                """
            )
            var bad = SampleIssue(1)
            bad.title = "Bad"
            try await bench.enqueue(
                [bad, SampleIssue(2), SampleIssue(3)].map { issue in
                    FaultLoad.Delivery(
                        id: "\(issue.number)",
                        event: "issues",
                        body: String(decoding: issue.event("opened"), as: UTF8.self)
                    )
                }
            )
            // Long enough for the worker to give back what it does not know of, which would cost the event nothing.
            let worker = try await bench.worker(["WORKER_LEASE": "8"])
            let isDrained = try await eventually(within: .seconds(120)) { try await bench.connection.isDrained() }
            #expect(isDrained)
            #expect(try await bench.connection.statusCounts() == [.completed: 2, .failed: 1])
            #expect(try await bench.connection.failures().first?.contains("the lease of worker") == true)
            #expect(worker.program.text.contains("the lease of an event is left to run out"))
            #expect(!worker.program.text.contains("an event failed and will run again"))
            #expect(try await worker.stop() == 0)
        }
    }
}
