import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import GitHubClient
@testable import Jobs
@testable import Queue

/// What becomes of a job when GitHub does not answer as it should.
@Suite(.timeLimit(.minutes(10))) struct JobRunnerTests {
    private static let rocket = SampleRepository.rocket
    private static let now = Timestamp.now

    private static func job(retries: Int = 0, repeats: Bool = false, hasBegun: Bool = false) throws -> Job {
        var position = JobPosition()
        if hasBegun { position.issuesSince = now }
        return Job(
            id: UUID(),
            kind: repeats ? .sweep : .import,
            repeats: repeats,
            repositoryID: rocket.id,
            repository: try #require(RepositoryName(rocket.fullName)),
            filters: JobFilters(),
            position: position,
            retries: retries,
            isCancelled: false,
            claimedAt: now
        )
    }

    private static let limits: [GitHubError] = [
        .rateLimited(until: now.later(bySeconds: 90), .primary),
        .rateLimited(until: now.later(bySeconds: 90), .secondary), .rateLimited(until: now, .own),
        .parked(until: now.later(bySeconds: 90)), .database(.unavailable),
    ]

    @Test(arguments: limits) func `a limit only delays, however often it comes`(limit: GitHubError) throws {
        for job in [try Self.job(retries: 100), try Self.job(retries: 100, repeats: true, hasBegun: true)] {
            guard case .delayed(let wait, let reason) = JobRunner.outcome(of: limit, for: job) else {
                Issue.record("\(limit)")
                continue
            }
            #expect(wait > .zero && wait < .seconds(95) && reason == limit.description)
        }
    }

    private static let passing: [GitHubError] = [
        .transient("status 502"), .transient("status 503", until: now.later(bySeconds: 5)),
        .outcomeUnknown("status 500"),
    ]
    private static let refusals: [GitHubError] = [
        .notFound, .gone, .moved(to: "/x"), .unauthorized, .forbidden("no"), .validation("no"),
    ]

    @Test(arguments: passing) func `what may pass is tried ten times, by a job that repeats for ever`(
        error: GitHubError
    ) throws {
        for hasBegun in [false, true] {
            let last = try Self.job(retries: JobRunner.attempts - 1, hasBegun: hasBegun)
            guard case .retry = JobRunner.outcome(of: error, for: last) else {
                Issue.record("\(error)")
                continue
            }
            let over = try Self.job(retries: JobRunner.attempts, hasBegun: hasBegun)
            #expect(JobRunner.outcome(of: error, for: over) == .failed(reason: error.description))
        }
        guard case .retry(let wait, _) = JobRunner.outcome(of: error, for: try Self.job(retries: 100, repeats: true))
        else {
            Issue.record("\(error)")
            return
        }
        #expect(wait >= .seconds(600) && wait <= .seconds(900))
    }

    @Test(arguments: refusals) func `a refusal ends a job to which nothing was shown`(error: GitHubError) throws {
        #expect(JobRunner.outcome(of: error, for: try Self.job()) == .failed(reason: error.description))
        guard case .retry = JobRunner.outcome(of: error, for: try Self.job(hasBegun: true)),
            case .delayed(.seconds(600), _) = JobRunner.outcome(of: error, for: try Self.job(repeats: true))
        else {
            Issue.record("\(error)")
            return
        }
        let over = try Self.job(retries: JobRunner.attempts, hasBegun: true)
        #expect(JobRunner.outcome(of: error, for: over) == .failed(reason: error.description))
    }

    /// Runs a job once, against a GitHub that shows the repository itself and answers the rest with `handler`.
    private static func run(
        _ handler: @escaping FakeServer.Handler,
        lease: Duration = .seconds(60),
        _ body: @Sendable (SyncBench, JobRunner, Job, _ token: UUID) async throws -> Void
    ) async throws {
        let whole: FakeServer.Handler = { request in
            guard request.path == "/repos/\(rocket.fullName)" else {
                return request.path == "/user" ? .answer(200, [:], "{\"id\":4711}") : handler(request)
            }
            let text = "{\"id\":\(rocket.id),\"full_name\":\"\(rocket.fullName)\",\"private\":true,\"html_url\":\"x\"}"
            return .answer(200, [:], text)
        }
        try await FakeServer.run(whole) { server in
            let origin = server.origin
            try await SyncBench.with { bench in
                let variables = ["GITHUB_API_URL": origin, "GITHUB_TOKEN": "ghp_test"]
                let config = try #require(try GitHubConfig(Environment(variables)))
                let client = GitHubClient(config, sharing: bench.database.connection("budget"))
                let runner = JobRunner(
                    client,
                    bench.connection,
                    ids: bench.ids,
                    sweepPause: .seconds(1),
                    lease: lease,
                    log: bench.log
                )
                try await bench.connection.execute(
                    """
                    insert into github_sync.github_sync_jobs (id, kind, repeats, repository_id, repository_name)
                    values (gen_random_uuid(), 'import', false, \(rocket.id), \(rocket.fullName))
                    """
                )
                let token = UUID()
                let job = try #require(
                    try await bench.connection.claimJob(worker: "w", lease: lease, token: token, repeating: true)
                )
                try await body(bench, runner, job, token)
            }
        }
    }

    /// The job's status, its retries and its crashes.
    private static func stored(_ bench: SyncBench) async throws -> String {
        let words: Query = """
            select concat_ws(' ', status, retry_count, crash_count) as t from github_sync.github_sync_jobs
            """
        return try await bench.connection.run(Read<String>(words) { rows in try rows[0].get("t") })
    }

    /// A worker that is stopped gives back what it had, at no cost.
    @Test func `a job whose worker is stopped in a call is due again`() async throws {
        let isAsked = Mutex(false)
        try await Self.run({ _ in
            isAsked.withLock { $0 = true }
            return .hang()
        }) { bench, runner, job, token in
            let run = Task { try await runner.run(job, token: token) }
            #expect(try await eventually { isAsked.withLock { $0 } })
            run.cancel()
            try await run.value
            #expect(try await Self.stored(bench) == "queued 0 0")
        }
    }

    /// Only failures in a row count.
    @Test func `a job that got further begins to count anew`() async throws {
        try await Self.run({ $0.parameter("sort") == "updated" ? .answer(502) : .answer(200, [:], "[]") }) {
            bench,
            runner,
            job,
            token in
            var job = job
            job.retries = JobRunner.attempts
            try await runner.run(job, token: token)
            #expect(try await Self.stored(bench) == "queued 1 0")
        }
    }

    /// Here one step makes six calls, and takes three leases.
    @Test func `a long step keeps its job`() async throws {
        let handler: FakeServer.Handler = { request in
            guard request.path.hasSuffix("/labels") else { return .answer(200, [:], "[]") }
            let page = request.parameter("page").flatMap { Int($0) } ?? 1
            let host = request.fields["host"] ?? ""
            let link = page < 6 ? ["Link": "<http://\(host)\(request.path)?page=\(page + 1)>; rel=\"next\""] : [:]
            return .late(500, .answer(200, link, "[]"))
        }
        try await Self.run(handler, lease: .seconds(1)) { bench, runner, job, token in
            let thief = bench.database.connection("thief")
            let thefts = Task {
                var count = 0
                while !Task.isCancelled {
                    count += try await thief.rescue(crashLimit: 10, in: .jobs, as: RescuedJob.self).count
                    try? await Task.sleep(for: .milliseconds(50))
                }
                return count
            }
            try await runner.run(job, token: token)
            thefts.cancel()
            #expect(try await thefts.value == 0)
            #expect(try await Self.stored(bench) == "completed 0 0")
        }
    }
}
