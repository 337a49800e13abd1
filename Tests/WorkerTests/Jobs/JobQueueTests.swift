import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Deliveries
@testable import Jobs
@testable import Queue

/// Jobs under their claims: who may store what.
@Suite struct JobQueueTests {
    private static let rocket = SampleRepository.rocket

    private static func enter(_ kind: JobKind, _ bench: SyncBench, repeats: Bool = false) async throws {
        try await bench.connection.run(
            Read(
                """
                insert into github_sync.github_sync_jobs (id, kind, repeats, repository_id, repository_name)
                values (gen_random_uuid(), \(kind), \(repeats), \(rocket.id), \(rocket.fullName))
                """
            ) { _ in }
        )
    }

    private static func claim(_ bench: SyncBench, _ token: UUID, repeating: Bool = true) async throws -> Job? {
        try await bench.connection.claimJob(worker: "w", lease: .seconds(60), token: token, repeating: repeating)
    }

    /// A page with one issue, behind which the comments come.
    private static func step(of job: Job, _ bench: SyncBench) -> Step {
        var step = Step(after: job.position)
        step.next.list = .comments
        step.read = 1
        step.deliveries = [
            Delivery(
                id: bench.ids.next(),
                deliveryID: "read-issue-1",
                event: .issues,
                action: "read",
                repositoryID: rocket.id,
                repositoryName: rocket.fullName,
                received: Date(),
                payload: JSONText(SampleIssue(1).reading(at: SampleIssue.time(500)))
            )
        ]
        return step
    }

    private static func events(_ bench: SyncBench) async throws -> Int {
        let read = Read<Int>("select count(*) as n from github_sync.github_webhook_events") { try $0[0].get("n") }
        return try await bench.connection.run(read)
    }

    @Test func `a job that has another owner by now stores nothing`() async throws {
        try await SyncBench.with { bench in
            try await Self.enter(.import, bench)
            let (stale, token) = (UUID(), UUID())
            let lost = try #require(try await Self.claim(bench, stale))
            try await bench.connection.release([lost.id], token: stale, in: .jobs)
            let job = try #require(try await Self.claim(bench, token))
            #expect(job.id == lost.id)

            let late = Self.step(of: lost, bench)
            await #expect(throws: LostClaim.self) {
                try await bench.connection.store(late, of: lost, token: stale, lease: .seconds(60))
            }
            #expect(try await Self.events(bench) == 0)
            #expect(try await !bench.connection.store(late, of: job, token: token, lease: .seconds(60)))
            #expect(try await Self.events(bench) == 1)
        }
    }

    @Test func `what is read twice is stored once, and the place in the lists with it`() async throws {
        try await SyncBench.with { bench in
            try await Self.enter(.import, bench)
            let token = UUID()
            let job = try #require(try await Self.claim(bench, token))
            try await bench.connection.execute(
                "update github_sync.github_sync_jobs set retry_count = 3, crash_count = 9"
            )
            for _ in 0..<2 {
                _ = try await bench.connection.store(
                    Self.step(of: job, bench),
                    of: job,
                    token: token,
                    lease: .seconds(60)
                )
            }
            try await bench.connection.release([job.id], token: token, in: .jobs)
            let again = try #require(try await Self.claim(bench, UUID()))
            #expect(again.position.list == .comments)
            #expect(try await Self.events(bench) == 1)
            // A step shows that what failed before is over.
            let failures = Read<Int>("select retry_count + crash_count as n from github_sync.github_sync_jobs") {
                try $0[0].get("n")
            }
            #expect(try await bench.connection.run(failures) == 0)
        }
    }

    @Test func `one job of a repository runs at a time, and where sweeps are off none that repeats`() async throws {
        try await SyncBench.with { bench in
            try await Self.enter(.sweep, bench, repeats: true)
            #expect(try await Self.claim(bench, UUID(), repeating: false) == nil)
            try await Self.enter(.import, bench)
            let token = UUID()
            let job = try #require(try await Self.claim(bench, token, repeating: false))
            #expect(job.kind == .import)
            #expect(try await Self.claim(bench, UUID()) == nil)
            try await bench.connection.release([job.id], token: token, in: .jobs)
            #expect(try await Self.claim(bench, UUID()) != nil)
        }
    }
}
