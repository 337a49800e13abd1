import Base
import Database
import Foundation
import TestSupport
import Testing

/// Deliveries that failed, as the real programs find them on a GitHub of the test's own.
@Suite struct RecoverTests {
    private static let rocket = SampleRepository.rocket

    private static func payload(_ number: Int64, of repository: SampleRepository = rocket) -> String {
        var sample = SampleDelivery()
        sample.repositoryID = repository.id
        sample.repositoryName = repository.fullName
        sample.issueID = repository.id * 1_000 + number
        sample.number = number
        sample.title = "Issue \(number)"
        return sample.issue
    }

    private static func lost(_ count: Int64) -> [FakeHook.Attempt] {
        (1...count).map {
            FakeHook.Attempt(id: 100 + $0, guid: "lost-\($0)", age: 7_200 - Double($0), payload: payload($0))
        }
    }

    private static func settings(_ server: FakeServer, sweep: Int) -> [String: String] {
        ["GITHUB_API_URL": server.origin, "GITHUB_TOKEN": "ghp_test", "GITHUB_SWEEP_SECONDS": "\(sweep)"]
    }

    /// Runs `body` with a database in which the repository is connected.
    private static func with(
        _ hook: FakeHook,
        _ body: @escaping @Sendable (FakeServer, TestDatabase, Connection) async throws -> Void
    ) async throws {
        try await FakeServer.run(hook.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(rocket.id, rocket.fullName)
                try await body(server, database, connection)
                #expect(hook.now.strange == [])
            }
        }
    }

    private static func recover(_ database: TestDatabase, _ options: String...) async throws -> CommandsRun {
        try await CommandsRun.worker(["recover", "--repository", rocket.fullName] + options, on: database)
    }

    @Test(.timeLimit(.minutes(10)))
    func `deliveries that failed become events once, and only those`() async throws {
        var attempts = Self.lost(3)
        // Tried twice in vain: the event is as old as the first attempt.
        attempts.append(.init(id: 200, guid: "lost-2", age: 60, isRedelivery: true, payload: Self.payload(2)))
        attempts.append(.init(id: 201, guid: "arrived", age: 7_000, payload: Self.payload(4)))
        attempts.append(.init(id: 202, guid: "arrived", age: 50, status: 202, isRedelivery: true))
        attempts.append(.init(id: 203, guid: "push", age: 40, event: "push", payload: "{}"))
        attempts.append(.init(id: 204, guid: "other", age: 30, repositoryID: 9, payload: Self.payload(5, of: .shuttle)))
        attempts.append(
            .init(id: 205, guid: "hidden", age: 25, repositoryID: nil, payload: Self.payload(6, of: .shuttle))
        )
        attempts.append(.init(id: 206, guid: "broken", age: 20, payload: "{\"action\":\"opened\"}"))
        attempts.append(.init(id: 207, guid: "old", age: 3 * 86_400 + 3_600, payload: Self.payload(7)))
        let hook = FakeHook(FakeHook.State(attempts: attempts))
        try await Self.with(hook) { server, database, connection in
            let worker = try await WorkerProgram(database, Self.settings(server, sweep: 1))
            #expect(
                try await eventually(within: .seconds(60)) { try await connection.numbers() == [1, 2, 3] },
                "\(worker.program.text.suffix(2000))"
            )
            let lists = hook.now.lists
            #expect(try await eventually(within: .seconds(30)) { hook.now.lists > lists + 3 })
            #expect(try await connection.recovered() == ["lost-1", "lost-2", "lost-3"])
            #expect(hook.now.read.sorted() == [101, 103, 200, 205, 206])
            #expect(hook.now.redelivered == [])
            let first = hook.time(7_198)
            #expect(try await connection.isEvent("lost-2", from: first))
            #expect(
                try await connection.recoveryProblems() == [
                    "delivery broken: its body does not fit the event: issue: missing"
                ]
            )
            #expect(!worker.program.text.contains("hidden-in-the-url"))
            #expect(try await !connection.jobTexts().contains("hidden-in-the-url"))
            #expect(try await connection.brokenRules() == [])
            #expect(try await worker.stop() == 0)
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: [true, false])
    func `what cannot be had is delivered again, asked for once`(_ isWritable: Bool) async throws {
        var state = FakeHook.State(attempts: Self.lost(1))
        state.attempts.append(.init(id: 300, guid: "gone", age: 90, payload: nil))
        state.attempts.append(.init(id: 301, guid: "again", age: 80, payload: nil))
        state.attempts.append(.init(id: 302, guid: "again", age: 70, isRedelivery: true, payload: nil))
        state.isWritable = isWritable
        let hook = FakeHook(state)
        try await Self.with(hook) { server, database, connection in
            let worker = try await WorkerProgram(database, Self.settings(server, sweep: 1))
            #expect(try await eventually(within: .seconds(60)) { try await connection.numbers() == [1] })
            let lists = hook.now.lists
            #expect(try await eventually(within: .seconds(30)) { hook.now.lists > lists + 3 })
            #expect(hook.now.redelivered == (isWritable ? ["gone"] : []))
            #expect(try await connection.recoveryProblems().count == 2)
            #expect(hook.now.read.sorted() == [101, 300, 302])
            #expect(try await worker.stop() == 0)
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `without the right nothing is said but where somebody looks`() async throws {
        var state = FakeHook.State(attempts: Self.lost(1))
        state.isReadable = false
        let hook = FakeHook(state)
        try await Self.with(hook) { server, database, connection in
            let worker = try await WorkerProgram(database, Self.settings(server, sweep: 1))
            let sleeps: Query = """
                select 1 from github_sync.github_sync_jobs
                where kind = 'recover' and repeats and status = 'queued' and run_at > now() + interval '50 minutes'
                    and error_message like '%permission Webhooks%'
                """
            let isAsleep = try await eventually(within: .seconds(60)) {
                let isAwake = try await connection.run(Read(sleeps) { $0.isEmpty })
                return !isAwake
            }
            #expect(isAsleep, "\(worker.program.text.suffix(2000))")
            let run = try await Self.recover(database)
            #expect(run.status == 1 && run.errors.contains("permission Webhooks"), "\(run.errors)")
            #expect(!worker.program.text.contains("\"level\":\"warning\""), "\(worker.program.text.suffix(2000))")
            #expect(hook.now.lists == 0)
            #expect(try await worker.stop() == 0)
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a recovery whose workers are killed goes on, and two at once do it once`() async throws {
        let hook = FakeHook(FakeHook.State(attempts: Self.lost(60), pageSize: 7))
        try await Self.with(hook) { server, database, connection in
            #expect(try await Self.recover(database, "--no-wait").status == 0)
            for _ in 0..<5 {
                let worker = try await WorkerProgram(database, Self.settings(server, sweep: 1))
                try await Task.sleep(for: .milliseconds(Int.random(in: 100...900)))
                worker.program.send(SIGKILL)
                _ = try await worker.program.wait(within: .seconds(30))
                // An event that loses three workers is given up; here each kill stands for one by itself.
                for query: Query in [
                    "update github_sync.github_sync_jobs set lease_until = now() where status = 'running'",
                    """
                    update github_sync.github_webhook_events set lease_until = now(), crash_count = 0
                    where status = 'processing'
                    """,
                ] { try await connection.execute(query) }
            }
            let workers = [
                try await WorkerProgram(database, Self.settings(server, sweep: 1)),
                try await WorkerProgram(database, Self.settings(server, sweep: 1)),
            ]
            let isDone = try await eventually(within: .seconds(120)) {
                let open: Query = """
                    select 1 from github_sync.github_sync_jobs
                    where kind = 'recover'
                        and (status <> 'completed' or repeats) and position #> '{recovery,lookedAt}' is null
                    """
                let isRecovered = try await connection.run(Read(open) { $0.isEmpty })
                return try await connection.isDrained() && isRecovered
            }
            #expect(isDone, "\(workers[0].program.text.suffix(2000))")
            #expect(try await connection.numbers() == Array(1...60))
            #expect(try await connection.recovered().count == 60)
            #expect(hook.now.redelivered == [])
            #expect(try await connection.brokenRules() == [])
            for worker in workers { #expect(try await worker.stop() == 0) }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `the command looks once, as far back as it is told`() async throws {
        var attempts = Self.lost(4)
        attempts[3].age = 600
        let hook = FakeHook(FakeHook.State(attempts: attempts))
        try await Self.with(hook) { server, database, connection in
            let worker = try await WorkerProgram(database, Self.settings(server, sweep: 0))
            let late = try await Self.recover(database, "--since", "1h", "--json")
            #expect(try late.json["stored"] as? Int == 1 && late.json["status"] as? String == "completed", "\(late)")
            #expect(try await connection.recovered() == ["lost-4"])
            let whole = try await Self.recover(database)
            #expect(whole.output == "completed: 3 failed deliveries read, 3 of them new here\n", "\(whole)")
            #expect(try await connection.numbers() == [1, 2, 3, 4])
            let again = try await Self.recover(database)
            #expect(again.output == "completed: 0 failed deliveries read, 0 of them new here\n", "\(again)")
            #expect(try await worker.stop() == 0)
        }
    }
}

extension Connection {
    fileprivate func recovered() throws -> [String] {
        try run("select delivery_id from github_sync.github_webhook_events order by delivery_id").map {
            try $0.get("delivery_id")
        }
    }

    /// Whether the id of a delivery's event is from that second.
    fileprivate func isEvent(_ delivery: String, from second: Date) throws -> Bool {
        let start = second.timeIntervalSince1970
        return try !run(
            """
            select 1 from github_sync.github_webhook_events
            where delivery_id = \(delivery) and id >= github_sync.first_event_id(to_timestamp(\(start)))
                and id < github_sync.first_event_id(to_timestamp(\(start + 1)))
            """
        ).isEmpty
    }

    fileprivate func recoveryProblems() throws -> [String] {
        try run(
            """
            select p.problem
            from github_sync.github_sync_jobs as j, jsonb_array_elements_text(j.problems) as p (problem)
            where j.kind = 'recover'
            order by p.problem
            """
        ).map { try $0.get("problem") }
    }

    /// All that is kept of jobs.
    fileprivate func jobTexts() throws -> String {
        try run("select coalesce(string_agg(j::text, ' '), '') as texts from github_sync.github_sync_jobs as j")[0]
            .get("texts")
    }
}
