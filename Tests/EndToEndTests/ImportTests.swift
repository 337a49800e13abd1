import Base
import Database
import Foundation
import TestSupport
import Testing

/// What was on GitHub before the webhook, read through the real programs from a GitHub of the test's own.
@Suite struct ImportTests {
    private static let rocket = SampleRepository.rocket

    private static func settings(_ server: FakeServer) -> [String: String] {
        ["GITHUB_API_URL": server.origin, "GITHUB_TOKEN": "ghp_test", "GITHUB_SWEEP_SECONDS": "0"]
    }

    @Test(.timeLimit(.minutes(10)))
    func `an import brings each issue and comment once, in few calls`() async throws {
        let repository = FakeRepository.filled(330)
        try await FakeServer.run(repository.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
                let worker = try await WorkerProgram(database, Self.settings(server))
                let run = try await CommandsRun.worker(
                    ["import", "--repository", Self.rocket.fullName],
                    on: database
                )
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.output.hasPrefix("completed: "), "\(run.output)")
                #expect(try await connection.statusCounts().keys.sorted { "\($0)" < "\($1)" } == [.completed])
                #expect(try await Set(connection.titles()) == Set((1...330).map { "Issue \($0)" }))
                #expect(try await connection.numbers() == Array(1...330))
                #expect(try await connection.commentCount() == 495)
                #expect(try await connection.brokenRules() == [])
                // 4 pages of issues and 5 of comments, which overlap by a second, one each for labels and pull requests,
                // and 3 counts. Besides, the repository is looked up whenever the job goes on after a wait.
                let reads = server.requests.filter { $0.path.hasPrefix("/repos/\(Self.rocket.fullName)/") }
                #expect(reads.count <= 14)

                let before = repository.calls
                let again = try await CommandsRun.worker(
                    ["import", "--repository", Self.rocket.fullName, "--json"],
                    on: database
                )
                #expect(again.output.contains("\"stored\":0"), "\(again.output)")
                #expect(repository.calls > before)
                #expect(try await connection.numbers() == Array(1...330))
                #expect(try await worker.stop() == 0)
            }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a terminal shows how far an import is`() async throws {
        let repository = FakeRepository.filled(330)
        let slow: FakeServer.Handler = { .late(200, repository.handler($0)) }
        try await FakeServer.run(slow) { server in
            try await TestDatabase.with { database in
                _ = try await database.connection().connectRepository(Self.rocket.id, Self.rocket.fullName)
                let worker = try await WorkerProgram(database, Self.settings(server))
                let terminal = try CommandsTerminal("import --repository \(Self.rocket.fullName)", on: database)
                #expect(try await terminal.wait() == 0)
                let bars = terminal.text.matches(of: /[a-z]+: (\d+) of 825  \[#*·*\]  (\d+) %[^\r\u{1B}]*/)
                #expect(bars.contains { $0.output.0.contains(/, \d+\/s, \d+s left/) }, "\(terminal.text)")
                #expect(bars.allSatisfy { $0.output.0.count < 80 })
                let shares = bars.compactMap { Int($0.output.2) }
                #expect(shares == shares.sorted() && Set(shares).count > 2, "\(shares)")
                #expect(terminal.text.contains("completed: "))
                #expect(try await worker.stop() == 0)
            }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a job that ends counts first what it has to read`() async throws {
        let repository = FakeRepository.filled(60)
        try await FakeServer.run(repository.handler) { server in
            try await TestDatabase.with { database in
                _ = try await database.connection().connectRepository(Self.rocket.id, Self.rocket.fullName)
                let worker = try await WorkerProgram(database, Self.settings(server))
                func total(_ words: String...) async throws -> Int? {
                    let place = ["--repository", Self.rocket.fullName, "--json"]
                    let run = try await CommandsRun.worker(words + place, on: database)
                    #expect(try run.json["status"] as? String == "completed", "\(run.errors)")
                    return try run.json["total"] as? Int
                }
                // 60 issues and 90 comments; the labels do not count.
                #expect(try await total("import") == 150)
                #expect(try await total("reconcile", "--report") == 150)
                #expect(try await total("reconcile") == 210)
                // GitHub does not tell how many issues a filter leaves.
                #expect(try await total("import", "--since", SampleIssue.time(3)) == nil)
                repository.update { $0.numbersIssues = true }
                #expect(try await total("import", "--state", "open") == 130)
                #expect(try await worker.stop() == 0)
            }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `an import whose workers are killed goes on where it was`() async throws {
        let repository = FakeRepository.filled(420)
        try await FakeServer.run(repository.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
                let entered = try await CommandsRun.worker(
                    ["import", "--repository", Self.rocket.fullName, "--no-wait"],
                    on: database
                )
                #expect(entered.status == 0, "\(entered.errors)")
                for _ in 0..<6 {
                    let worker = try await WorkerProgram(database, Self.settings(server))
                    try await Task.sleep(for: .milliseconds(Int.random(in: 50...500)))
                    worker.program.send(SIGKILL)
                    _ = try await worker.program.wait(within: .seconds(30))
                    // Nobody waits for the leases of the dead. An event that loses three workers is given up; here
                    // each kill stands for one by itself.
                    try await connection.execute(
                        """
                        update github_sync.github_sync_jobs set lease_until = now() - interval '1 second'
                        where status = 'running'
                        """
                    )
                    try await connection.execute(
                        """
                        update github_sync.github_webhook_events
                        set lease_until = now() - interval '1 second', crash_count = 0
                        where status = 'processing'
                        """
                    )
                }
                let worker = try await WorkerProgram(database, Self.settings(server))
                let isDone = try await eventually(within: .seconds(120)) {
                    let isRead = try await connection.run(
                        Read("select 1 from github_sync.github_sync_jobs where status <> 'completed'") { $0.isEmpty }
                    )
                    return try await connection.isDrained() && isRead
                }
                #expect(isDone, "\(worker.program.text.suffix(2000))")
                #expect(try await Set(connection.titles()) == Set((1...420).map { "Issue \($0)" }))
                #expect(try await connection.numbers() == Array(1...420))
                #expect(try await connection.commentCount() == 630)
                #expect(try await connection.brokenRules() == [])
                #expect(try await worker.stop() == 0)
            }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a reconciliation tells what differs, and then makes both sides equal`() async throws {
        let repository = FakeRepository.filled(30)
        try await FakeServer.run(repository.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
                let worker = try await WorkerProgram(database, Self.settings(server))
                func run(_ words: String...) async throws -> CommandsRun {
                    try await CommandsRun.worker(words + ["--repository", Self.rocket.fullName], on: database)
                }
                _ = try await run("import")
                repository.update { state in
                    // Nobody was told: an issue went, a comment went, an issue came, another changed.
                    state.issues.removeAll { $0.number == 7 }
                    state.comments.removeAll { $0.issue == 7 || $0.comment.id == 91 }
                    var new = SampleIssue(31)
                    new.title = "Issue 31"
                    new.updatedAt = SampleIssue.time(900)
                    state.issues.append(new)
                    state.issues[0].title = "Renamed"
                    state.issues[0].updatedAt = SampleIssue.time(901)
                    // Nor do times tell of these: they are of the second that was read, or hide in a number.
                    state.issues[1].title = "Renamed at once"
                    state.changeComment(30) { $0.body = "Changed at once" }
                    state.changeComment(50) { $0 = SampleComment(52) }
                }
                let report = try await run("reconcile", "--report")
                #expect(report.status == 0, "\(report.errors)")
                #expect(
                    report.output.split(separator: "\n").sorted() == [
                        "#1: changed on GitHub since", "#2: changed on GitHub since",
                        "#31: not in Plane", "#3: a comment changed on GitHub since",
                        "#5: a comment is not in Plane", "#7: no longer on GitHub",
                        "#9: 1 comments on GitHub, 2 in Plane",
                    ]
                )
                #expect(try await connection.titles().count == 30)

                let done = try await run("reconcile")
                #expect(done.status == 0, "\(done.errors)")
                let unchanged = (3...30).filter { $0 != 7 }.map { "Issue \($0)" }
                let expected = Set(["Renamed", "Renamed at once", "Issue 31"] + unchanged)
                #expect(try await Set(connection.titles()) == expected)
                #expect(try await connection.commentCount() == 42)
                #expect(try await run("reconcile", "--report").output == "no differences\n")
                #expect(try await connection.brokenRules() == [])
                #expect(try await worker.stop() == 0)
            }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a reconciliation to which no issue is shown deletes nothing`() async throws {
        let repository = FakeRepository.filled(12)
        try await FakeServer.run(repository.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
                let worker = try await WorkerProgram(database, Self.settings(server))
                let words = ["--repository", Self.rocket.fullName]
                _ = try await CommandsRun.worker(["import"] + words, on: database)
                repository.update { $0.issues = [] }
                let run = try await CommandsRun.worker(["reconcile"] + words, on: database)
                #expect(run.status == 1)
                #expect(run.errors.contains("GitHub lists no issue at all, although 12 were synced"), "\(run.errors)")
                #expect(try await connection.titles().count == 12)
                #expect(try await worker.stop() == 0)
            }
        }
    }
}
