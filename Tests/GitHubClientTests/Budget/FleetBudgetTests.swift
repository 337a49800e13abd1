import Base
import Database
import Foundation
import TestSupport
import Testing

@testable import GitHubClient

/// Clients with connections of their own, as in several workers, against a GitHub that counts.
@Suite(.timeLimit(.minutes(10))) struct FleetBudgetTests {
    private static func client(_ server: FakeServer, _ database: TestDatabase) throws -> GitHubClient {
        var client = try GitHubClient.of(server, sharing: database.connection("worker", as: .worker))
        client.priority = .interactive
        return client
    }

    /// Calls until GitHub's limit is used up.
    private static func useUp(_ client: GitHubClient) async throws {
        while true {
            let failure = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
            switch failure {
            case nil, .rateLimited(_, .own): continue
            case .rateLimited(_, .primary): return
            case let failure?: throw failure
            }
        }
    }

    @Test(arguments: [0, 1])
    func `three workers together never call more often than they may`(others: Int) async throws {
        let gitHub = LimitedGitHub(limit: 200, othersSpend: others)
        try await TestDatabase.with { database in
            try await FakeServer.run(gitHub.handler) { server in
                try await withThrowingTaskGroup { group in
                    for _ in 0..<3 {
                        let client = try Self.client(server, database)
                        for _ in 0..<4 { group.addTask { try await Self.useUp(client) } }
                    }
                    try await group.waitForAll()
                }
            }
        }
        let state = gitHub.now
        #expect(state.refused == 0)
        // What was on the way when the last answer came is taken off once too often: three calls at most.
        #expect(state.left <= 3)
        // Four in the name of the token, until it is known whose it is, and four in the name of its owner.
        #expect(state.mostAtOnce <= 8)
        print("\(state.calls) calls and \(state.spentByOthers) of others, \(state.mostAtOnce) at once")
    }

    @Test func `writes of several workers are a second apart`() async throws {
        let gitHub = LimitedGitHub(limit: 5000)
        try await TestDatabase.with { database in
            try await FakeServer.run(gitHub.handler) { server in
                try await withThrowingTaskGroup { group in
                    for _ in 0..<3 {
                        let client = try Self.client(server, database)
                        group.addTask { _ = try await client.createComment(on: 1, in: .hello, body: "Text") }
                    }
                    while let result = await group.nextResult() {
                        // The fake's answer is no comment.
                        if case .failure(let error) = result, case .outcomeUnknown = error as? GitHubError { continue }
                        try result.get()
                    }
                }
            }
            let closest: [Double?] = try await database.connection().values(
                """
                select min(gap)::float8 as value from (
                    select extract(epoch from at - lag(at) over (order by at)) as gap
                    from github_sync.github_principals, unnest(recent_writes) as at
                    where principal = 'user:7'
                ) as gaps
                """
            )
            #expect(try #require(closest.first ?? nil) >= 1)
        }
        let writes = gitHub.now.writes
        #expect(writes.count == 3)
        for (one, next) in zip(writes, writes.dropFirst()) { #expect(next - one > .milliseconds(900)) }
    }

    @Test func `a refusal of one worker's call stops all others before they call`() async throws {
        let words = "{\"message\":\"You have exceeded a secondary rate limit.\"}"
        try await TestDatabase.with { database in
            let handler: FakeServer.Handler = { request in
                request.path == "/user" ? .answer(200, [:], "{\"id\":7}") : .answer(403, ["Retry-After": "600"], words)
            }
            try await FakeServer.run(handler) { server in
                let clients = try (0..<3).map { _ in try Self.client(server, database) }
                for client in clients {
                    let failure = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
                    guard case .rateLimited(let until, .secondary) = failure else {
                        Issue.record("\(String(describing: failure))")
                        continue
                    }
                    let wait = Double(until.microseconds) / 1_000_000 - Date().timeIntervalSince1970
                    #expect(wait > 590 && wait < 635)
                }
                // The first also asked whose the token is.
                #expect(server.requests.map(\.path) == ["/user", "/repos/octo/hello/issues/1"])
            }
        }
    }

    @Test func `a short wait is waited for, a long one is not`() async throws {
        try await TestDatabase.with { database in
            try await FakeServer.run(LimitedGitHub(limit: 5000).handler) { server in
                let client = try Self.client(server, database)
                _ = try await client.issue(1, in: .hello)
                let owner = database.connection()
                let block: @Sendable (Double) async throws -> Void = { seconds in
                    try await owner.execute(
                        """
                        update github_sync.github_principals
                        set blocked_until = now() + make_interval(secs => \(seconds)) where principal = 'user:7'
                        """
                    )
                }
                let start = ContinuousClock.now
                try await block(1)
                _ = try await client.issue(1, in: .hello)
                #expect(.now - start >= .seconds(1))
                try await block(20)
                let again = ContinuousClock.now
                let failure = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
                guard case .rateLimited(_, .secondary) = failure else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
                #expect(.now - again < .seconds(4))
                // Nobody waits who is told to stop.
                try await block(4)
                let task = Task { try await client.issue(1, in: .hello) }
                try await Task.sleep(for: .milliseconds(300))
                task.cancel()
                await #expect(throws: GitHubError.cancelled) { try await task.value }
            }
        }
    }

    @Test func `without the database nobody calls`() async throws {
        try await FakeServer.run(LimitedGitHub(limit: 5000).handler) { server in
            let port = try await FakeServer.run({ _ in .close }) { $0.port }
            let nowhere = DatabaseConfig(url: Secret("postgresql://me:word@127.0.0.1:\(port)/x"), applicationName: "x")
            let client = try GitHubClient.of(server, sharing: Connection(nowhere))
            let failure = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
            #expect(failure == .database(.unavailable))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `what cannot be written down at once is written down before the next call`() async throws {
        try await TestDatabase.with { database in
            let owner = database.connection()
            let budget = FleetBudget(database.connection("worker", as: .worker)) { Timestamp(Date()) }
            let (call, next) = (BudgetScene.call(), BudgetScene.call())
            let deadline = ContinuousClock.now + .seconds(30)
            try await budget.reserve(call, until: deadline)
            try await owner.execute("alter table github_sync.github_call_slots rename to away")
            let answer = HTTPAnswer(status: 429, fields: AnswerFields(["retry-after": "600"]), body: [])
            #expect(await budget.settle(call, answer) == nil)
            let reserve = { () async throws(GitHubError) in try await budget.reserve(next, until: deadline) }
            #expect(await error(of: reserve) == .database(.other))
            try await owner.execute("alter table github_sync.away rename to github_call_slots")
            guard case .rateLimited(_, .secondary) = await error(of: reserve) else {
                Issue.record("the next call is not refused")
                return
            }
        }
    }

    @Test func `the token of no user is counted by its fingerprint, which does not show it`() async throws {
        try await TestDatabase.with { database in
            let handler: FakeServer.Handler = { request in
                request.path == "/user" ? .answer(403) : .answer(200, [:], Sample.issue(1))
            }
            try await FakeServer.run(handler) { server in
                let clients = try (0..<2).map { _ in try Self.client(server, database) }
                for client in clients + clients { _ = try await client.issue(1, in: .hello) }
                #expect(server.requests.map(\.path).filter { $0 == "/user" }.count == 1)
                let principals: [String?] = try await database.connection().values(
                    "select principal as value from github_sync.github_principals"
                )
                #expect(principals.count == 1)
                #expect(principals.allSatisfy { $0?.wholeMatch(of: /token:[0-9a-f]{16}/) != nil })
            }
        }
    }
}
