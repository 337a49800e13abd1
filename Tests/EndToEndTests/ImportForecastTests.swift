import Base
import Database
import Foundation
import TestSupport
import Testing

/// What `import --dry-run` tells, from a GitHub of the test's own.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ImportForecastTests {
    private static let rocket = SampleRepository.rocket

    /// 240 issues, of which 40 are closed, 10 pull requests behind them, 250 comments and 3 labels.
    private static func repository(_ change: (inout FakeRepository.State) -> Void = { _ in }) -> FakeRepository {
        var state = FakeRepository.State()
        state.labels = [SampleLabel(3, "bug"), SampleLabel(4, "ui"), SampleLabel(5, "docs")]
        for number in Int64(1)...240 {
            var issue = SampleIssue(number)
            issue.updatedAt = SampleIssue.time(Int(number))
            issue.state = number <= 40 ? "closed" : "open"
            state.issues.append(issue)
        }
        for number in Int64(241)...250 { state.pulls.append(SamplePullRequest(number)) }
        for number in Int64(1)...250 {
            var comment = SampleComment(number)
            comment.updatedAt = SampleIssue.time(Int(number))
            state.comments.append((1 + number % 240, comment))
        }
        change(&state)
        return FakeRepository(rocket, state)
    }

    private static func run(
        _ words: String...,
        from repository: FakeRepository,
        environment: [String: String] = [:],
        before: @Sendable (TestDatabase, Connection) async throws -> Void = { _, _ in }
    ) async throws -> CommandsRun {
        try await FakeServer.run(repository.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(rocket.id, rocket.fullName)
                _ = try await connection.connectRepository(rocket.id, rocket.fullName, to: .second)
                try await before(database, connection)
                let run = try await CommandsRun.worker(
                    ["import", "--repository", rocket.fullName, "--dry-run"] + words,
                    on: database,
                    environment: ["GITHUB_API_URL": server.origin, "GITHUB_TOKEN": "ghp_test"]
                        .merging(environment) { $1 }
                )
                let written: Int = try await connection.value(
                    """
                    select (select count(*) from github_sync.github_sync_jobs)
                        + (select count(*) from github_sync.github_webhook_events where action = 'read') as value
                    """
                )
                #expect(written == 0)
                return run
            }
        }
    }

    @Test func `it tells how much there is, how much of it is here, and what it would cost`() async throws {
        let repository = Self.repository { state in
            state.issues.removeFirst()
            state.callsLeft = 4_321
        }
        let run = try await Self.run(from: repository) { database, connection in
            try await connection.execute(
                """
                insert into github_sync.github_issue_versions (
                    repository_sync_id, github_issue_id, issue_id, github_updated_at, number, deleted_at
                )
                select f.repository_sync_id, n, gen_random_uuid(), now(), n, case n when 3 then now() end
                from github_sync.followers(array[700200300]) as f cross join generate_series(1, 3) as n
                """
            )
        }
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        let lines = run.lines.map { $0.split(separator: " ").joined(separator: " ") }
        #expect(
            lines.prefix(7) == [
                "acme/rocket on GitHub in Plane",
                // GitHub does not tell how many issues there are, and one was deleted.
                "issues ≤ 240 2", "pull requests 10 0", "comments, also on pull requests 250 0", "labels 3 0",
                "It would take about 13 calls of GitHub's API.",
                // The labels, pull requests and comments were counted before, and who asks was asked for.
                lines[6],
            ]
        )
        #expect(lines[6].hasPrefix("Of 5000 an hour 4321 are left until 2"), "\(lines)")
        #expect(lines.last == "Nothing was changed.")
        #expect(repository.calls <= 6)
    }

    @Test func `it foretells what an import takes`() async throws {
        let repository = Self.repository { $0.numbersIssues = true }
        let json = try await Self.run("--json", from: repository).json
        #expect(json["issues"] as? Int == 240 && json["issues_and_pull_requests"] as? Int == 250)
        #expect(json["at_most"] as? Bool == false && json["calls_left"] is NSNull)
        let calls = try #require(json["calls"] as? Int)

        let before = repository.calls
        try await FakeServer.run(repository.handler) { server in
            try await TestDatabase.with { database in
                _ = try await database.connection().connectRepository(Self.rocket.id, Self.rocket.fullName)
                let worker = try await WorkerProgram(
                    database,
                    ["GITHUB_API_URL": server.origin, "GITHUB_TOKEN": "ghp_test", "GITHUB_SWEEP_SECONDS": "0"]
                )
                let run = try await CommandsRun.worker(["import", "--repository", Self.rocket.fullName], on: database)
                #expect(run.status == 0, "\(run.errors)")
                #expect(try await worker.stop() == 0)
            }
        }
        #expect(abs(repository.calls - before - calls) <= 2, "\(repository.calls - before) calls, not \(calls)")
    }

    @Test func `a filter is kept, and what GitHub does not tell is not made up`() async throws {
        let since = ["--since", SampleIssue.time(141)]
        let known = try await Self.run(since[0], since[1], "--json", from: Self.repository { $0.numbersIssues = true })
        #expect(try known.json["issues_and_pull_requests"] as? Int == 100)
        #expect(try known.json["comments"] as? Int == 110)
        let open = try await Self.run("--state", "open", "--json", from: Self.repository { $0.numbersIssues = true })
        #expect(try open.json["issues_and_pull_requests"] as? Int == 210)
        #expect(try open.json["issues"] is NSNull)

        let unknown = try await Self.run(since[0], since[1], from: Self.repository())
        #expect(unknown.lines[1].hasPrefix("issues and pull requests"))
        #expect(unknown.lines[1].contains(" ? "), "\(unknown.output)")
        #expect(unknown.output.contains("GitHub does not tell how much"))
    }

    @Test func `it needs a token, a connection, and the repository that is connected`() async throws {
        let without = try await Self.run(from: Self.repository(), environment: ["GITHUB_TOKEN": ""])
        #expect(without.status == 2)
        #expect(without.errors.contains("GITHUB_TOKEN is not set, expected a token for --dry-run"))
        let unconnected = try await Self.run(from: Self.repository()) { _, connection in
            try await connection.execute("update public.github_repository_syncs set deleted_at = now()")
        }
        #expect(unconnected.status == 1)
        #expect(unconnected.errors.contains("no project follows acme/rocket"), "\(unconnected.errors)")
        let other = try await Self.run(from: Self.repository()) { _, connection in
            try await connection.execute("update public.github_repositories set repository_id = 7")
        }
        #expect(other.status == 1)
        #expect(other.errors.contains("acme/rocket is another repository on GitHub now: 700200300, not 7"))
    }
}
