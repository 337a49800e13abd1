import Base
import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// Imports through everything that GitHub's API may do for a while.
@Suite(.timeLimit(.minutes(10))) struct ImportObstacleTests {
    private static let rocket = SampleRepository.rocket

    private static func settings(_ server: FakeServer) -> [String: String] {
        ["GITHUB_API_URL": server.origin, "GITHUB_TOKEN": "ghp_test", "GITHUB_SWEEP_SECONDS": "0"]
    }

    /// Issues with a comment on each.
    private static func filled(_ count: Int64) -> FakeRepository {
        var state = FakeRepository.State()
        for number in 1...count {
            var issue = SampleIssue(number)
            issue.title = "Issue \(number)"
            issue.updatedAt = SampleIssue.time(Int(number))
            state.issues.append(issue)
            var comment = SampleComment(number * 10)
            comment.updatedAt = issue.updatedAt
            state.comments.append((number, comment))
        }
        return FakeRepository(rocket, state)
    }

    private static func enter(_ words: [String], on database: TestDatabase) async throws {
        let run = try await CommandsRun.worker(words + ["--repository", rocket.fullName, "--no-wait"], on: database)
        #expect(run.status == 0, "\(run.errors)")
    }

    /// When the issues are read and the comments are not, the first calls meet the fault.
    @Test(arguments: GitHubFault.all) func `an import that meets a fault goes on afterwards`(
        _ fault: GitHubFault
    ) async throws {
        let repository = Self.filled(12)
        let left = Mutex(fault.count)
        let handler: FakeServer.Handler = { request in
            let answer = repository.handler(request)
            guard request.path.hasSuffix("/issues/comments"), request.parameter("sort") == "updated",
                request.parameter("since") == nil
            else { return answer }
            // Not the first time, but where a redirect led.
            guard request.target.hasSuffix("per_page=100") else { return fault.reaction(request, answer) }
            let isFault = left.withLock { left in
                defer { left -= 1 }
                return left > 0
            }
            return isFault ? fault.reaction(request, answer) : answer
        }
        try await FakeServer.run(handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
                try await Self.enter(["import"], on: database)
                let worker = try await WorkerProgram(database, Self.settings(server))
                let watch = try #require(try await JobWatch.end(of: connection), "\(worker.program.text.suffix(2000))")
                #expect(watch.status == "completed")
                let others = watch.errors.filter { $0 != "what was read has to be applied first" }
                #expect(others.allSatisfy { $0.hasPrefix(fault.words ?? "nothing") }, "\(others)")
                #expect(others.isEmpty == (fault.words == nil))
                // libcurl itself sends a read again where a kept connection has ended.
                let isFree = fault.isLimit || fault.words == nil
                #expect(isFree ? watch.retries == 0 : (1...fault.count).contains(watch.retries), "\(watch)")
                for secret in GitHubFault.secrets { #expect(!others.contains { $0.contains(secret) }, "\(others)") }
                #expect(!worker.program.text.contains("ghp_") && !worker.program.text.contains("github.example"))
                #expect(try await eventually { try await connection.isDrained() })
                #expect(try await connection.numbers() == Array(1...12))
                #expect(try await connection.commentCount() == 12)
                #expect(try await connection.brokenRules() == [])
                #expect(try await worker.stop() == 0)
            }
        }
    }

    /// Whoever made a mistake with the name or the token shall hear of it at once.
    @Test(arguments: [(401, "GitHub refuses our token or key"), (404, "GitHub knows no such object")])
    func `an import to which GitHub has shown nothing fails at once`(status: Int, words: String) async throws {
        let handler: FakeServer.Handler = { request in
            request.path == "/user" ? .answer(200, [:], "{\"id\":4711}") : .answer(status)
        }
        try await FakeServer.run(handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
                let worker = try await WorkerProgram(database, Self.settings(server))
                let run = try await CommandsRun.worker(["import", "--repository", Self.rocket.fullName], on: database)
                #expect(run.status == 1 && run.errors.contains(words), "\(run.errors)")
                #expect(try await worker.stop() == 0)
            }
        }
    }

    /// Each list of 250 objects of one second, of which one changes after the first page was read: all behind it shift.
    @Test func `pages that shift while they are read lose nothing`() async throws {
        let repository = Self.filled(250)
        repository.update { state in
            for place in state.issues.indices {
                state.issues[place].updatedAt = SampleIssue.time(0)
                state.comments[place].comment.updatedAt = SampleIssue.time(0)
            }
        }
        let handler: FakeServer.Handler = { request in
            if request.parameter("page") == "2", request.parameter("since") != nil {
                repository.update { state in
                    let last = SampleIssue.time(1)
                    if request.path.hasSuffix("/issues") { state.issues[0].updatedAt = last }
                    if request.path.hasSuffix("/comments") { state.comments[0].comment.updatedAt = last }
                }
            }
            return repository.handler(request)
        }
        try await FakeServer.run(handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
                try await Self.enter(["import"], on: database)
                let worker = try await WorkerProgram(database, Self.settings(server))
                let watch = try await JobWatch.end(of: connection)
                #expect(watch?.status == "completed", "\(worker.program.text.suffix(2000))")
                #expect(try await eventually { try await connection.isDrained() })
                #expect(try await connection.numbers() == Array(1...250))
                #expect(try await connection.commentCount() == 250)
                // In each list its first page, and then the second three times.
                #expect(repository.calls < 33)
                #expect(try await worker.stop() == 0)
            }
        }
    }

    /// A replica that is late shows an old version of one issue, and neither the newest issue nor the newest comment.
    @Test func `a replica that is late takes nothing back`() async throws {
        let repository = Self.filled(12)
        let now = Date().formatted(.iso8601)
        repository.update { state in
            state.issues[11].updatedAt = now
            state.comments[5].comment.createdAt = now
            state.comments[5].comment.updatedAt = now
        }
        try await FakeServer.run(repository.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
                let worker = try await WorkerProgram(database, Self.settings(server))
                let words = ["--repository", Self.rocket.fullName]
                #expect(try await CommandsRun.worker(["import"] + words, on: database).status == 0)
                repository.update { state in
                    state.issues.removeLast()
                    state.comments.remove(at: 5)
                    state.issues[0].title = "Stale"
                    state.issues[0].updatedAt = SampleIssue.time(0)
                }
                let run = try await CommandsRun.worker(["reconcile"] + words, on: database)
                #expect(run.status == 0, "\(run.errors)")
                #expect(try await connection.numbers() == Array(1...12))
                #expect(try await connection.commentCount() == 12)
                let stale: Query = "select 1 from public.issues where name = 'Stale'"
                let isStale = try await connection.run(Read(stale) { rows in !rows.isEmpty })
                #expect(!isStale)
                #expect(try await worker.stop() == 0)
            }
        }
    }

    @Test func `a sweep ends where more than a page changed within a minute`() async throws {
        let repository = Self.filled(1)
        try await FakeServer.run(repository.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
                let settings = Self.settings(server).merging(["GITHUB_SWEEP_SECONDS": "1"]) { $1 }
                let worker = try await WorkerProgram(database, settings)
                #expect(try await eventually { repository.calls > 4 })
                repository.update { state in
                    let start = Date().addingTimeInterval(-28)
                    for number in 2...Int64(250) {
                        var issue = SampleIssue(number)
                        issue.updatedAt = start.addingTimeInterval(Double(number / 10)).formatted(.iso8601)
                        state.issues.append(issue)
                    }
                }
                let isDone = try await eventually(within: .seconds(40)) {
                    try await connection.issueCount() == 249
                }
                #expect(isDone, "\(worker.program.text.suffix(2000))")
                let calls = repository.calls
                try await Task.sleep(for: .seconds(4))
                // Some six calls for each sweep, of which there is one in one or two seconds.
                #expect(repository.calls - calls < 50)
                #expect(try await worker.stop() == 0)
            }
        }
    }
}
