import Base
import Database
import Foundation
import TestSupport
import Testing

/// What people do in Plane reaches a GitHub of the test's own, through the real programs, and nothing comes back.
@Suite(.timeLimit(.minutes(10))) struct OutboundTests {
    private static let rocket = SampleRepository.rocket

    private static func filled(_ count: Int64) -> FakeRepository {
        var state = FakeRepository.State()
        state.labels = [SampleLabel(3, "bug")]
        for number in 1...count {
            var issue = SampleIssue(number)
            issue.title = "Issue \(number)"
            if number.isMultiple(of: 2) { issue.labels = [SampleLabel(3, "bug")] }
            state.issues.append(issue)
        }
        return FakeRepository(rocket, state)
    }

    /// Runs `body` when the issues of a GitHub were imported, and `--outbound linked` was asked for.
    private static func run(
        _ repository: FakeRepository,
        options: [String] = [],
        _ body: @Sendable (TestDatabase, Connection, WorkerProgram) async throws -> Void
    ) async throws {
        try await FakeServer.run(repository.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(rocket.id, rocket.fullName)
                let worker = try await WorkerProgram(
                    database,
                    ["GITHUB_API_URL": server.origin, "GITHUB_TOKEN": "ghp_test", "GITHUB_SWEEP_SECONDS": "0"]
                )
                let words = ["--repository", rocket.fullName]
                _ = try await CommandsRun.worker(["import"] + words, on: database)
                let configured = try await CommandsRun.worker(
                    ["configure", "--outbound", "linked"] + words + options,
                    on: database
                )
                #expect(configured.status == 0, "\(configured.errors)")
                try await body(database, connection, worker)
                #expect(try await connection.brokenRules() == [])
                #expect(try await worker.stop() == 0)
            }
        }
    }

    private static func shows(_ repository: FakeRepository, _ number: Int64, _ is: (SampleIssue) -> Bool) -> Bool {
        repository.now.issues.contains { $0.number == number && `is`($0) }
    }

    @Test func `what people change in Plane is changed on GitHub, once, and Plane stays as they left it`() async throws
    {
        let repository = Self.filled(6)
        try await Self.run(repository) { _, connection, worker in
            try await connection.change(
                "update public.issues set name = 'Named in Plane' where name = 'Issue 1'",
                """
                update public.issues as i set state_id = s.id, completed_at = now() from public.states as s
                where i.name = 'Issue 2' and s.project_id = i.project_id and s."group" = 'completed'
                """,
                """
                update public.issues as i set state_id = s.id from public.states as s
                where i.name = 'Issue 3' and s.project_id = i.project_id and s."group" = 'cancelled'
                """
            )
            try await connection.attachLabel("from Plane", to: "Issue 5")
            try await connection.change(
                """
                update public.issue_labels as x set deleted_at = now()
                from public.issues as i where i.id = x.issue_id and i.name = 'Issue 6'
                """
            )
            let isSent = try await eventually(within: .seconds(60)) {
                Self.shows(repository, 1) { $0.title == "Named in Plane" }
                    && Self.shows(repository, 2) { $0.state == "closed" && $0.stateReason == "completed" }
                    && Self.shows(repository, 3) { $0.state == "closed" && $0.stateReason == "not_planned" }
                    && Self.shows(repository, 5) { $0.labels.map(\.name) == ["from Plane"] }
                    && Self.shows(repository, 6) { $0.labels.isEmpty }
            }
            #expect(isSent, "\(repository.now.writes) \(worker.program.text.suffix(3000))")
            #expect(repository.now.writes.count == 5, "\(repository.now.writes)")

            // What GitHub shows now comes back as events, and changes nothing.
            #expect(try await eventually(within: .seconds(30)) { try await connection.isAtRest() })
            let titles: [String] = try await connection.values(
                "select name as value from public.issues where deleted_at is null order by sequence_id"
            )
            #expect(titles == ["Named in Plane"] + (2...6).map { "Issue \($0)" })
            let groups: [String] = try await connection.values(
                """
                select s."group"::text as value from public.issues as i
                inner join public.states as s on s.id = i.state_id where i.deleted_at is null order by i.sequence_id
                """
            )
            #expect(groups[1] == "completed" && groups[2] == "cancelled")
            #expect(Set(groups.enumerated().filter { ![1, 2].contains($0.offset) }.map(\.element)).count == 1)
            #expect(try await connection.labels(of: "Issue 5") == ["from Plane"])
            #expect(try await connection.labels(of: "Issue 6") == [])
            #expect(repository.now.writes.count == 5 && repository.now.writesWithoutEffect == 0)
        }
    }

    @Test func `what comes from GitHub is not sent back`() async throws {
        let repository = Self.filled(40)
        try await Self.run(repository) { database, connection, _ in
            repository.update { state in
                for index in state.issues.indices {
                    state.issues[index].title = "Renamed \(index)"
                    state.issues[index].state = index.isMultiple(of: 3) ? "closed" : "open"
                    state.issues[index].labels = index.isMultiple(of: 2) ? [SampleLabel(3, "bug")] : []
                    state.issues[index].updatedAt = Date().formatted(.iso8601)
                }
            }
            let words = ["import", "--repository", Self.rocket.fullName]
            _ = try await CommandsRun.worker(words, on: database)
            let names: Int = try await connection.value(
                "select count(*) as value from public.issues where name like 'Renamed %'"
            )
            #expect(names == 40)
            // The look comes every two seconds, and waits five.
            try await Task.sleep(for: .seconds(12))
            let found: Int = try await connection.value("select count(*) as value from github_sync.github_outbound")
            #expect(found == 0 && repository.now.writes == [])
        }
    }

    @Test func `labels that Plane attaches in the bot's name go out, and not those that settings give new issues`()
        async throws
    {
        let repository = Self.filled(1)
        try await Self.run(repository, options: ["--new-label", "of the settings"]) { database, connection, worker in
            repository.update { state in
                var issue = SampleIssue(2)
                (issue.title, issue.updatedAt) = ("Issue 2", Date().formatted(.iso8601))
                state.issues.append(issue)
            }
            _ = try await CommandsRun.worker(["import", "--repository", Self.rocket.fullName], on: database)
            #expect(try await connection.labels(of: "Issue 2") == ["of the settings"])
            // As whoever made the issue, when somebody changes its labels.
            try await connection.attachLabel("from Plane", to: "Issue 2", asBot: true)
            let isSent = try await eventually(within: .seconds(60)) {
                Self.shows(repository, 2) { $0.labels.map(\.name) == ["from Plane"] }
            }
            #expect(isSent, "\(repository.now.writes) \(worker.program.text.suffix(3000))")
            #expect(try await eventually(within: .seconds(30)) { try await connection.isAtRest() })
            #expect(try await connection.labels(of: "Issue 2") == ["from Plane", "of the settings"])
            #expect(Self.shows(repository, 2) { $0.labels.map(\.name) == ["from Plane"] })
        }
    }

    @Test func `an answer that is lost costs no edit and makes no second one`() async throws {
        let repository = Self.filled(2)
        try await Self.run(repository) { _, connection, worker in
            repository.update { $0.lostAnswers = [.answer(502, [:], "")] }
            try await connection.change("update public.issues set name = 'Named in Plane' where name = 'Issue 1'")
            #expect(
                try await eventually(within: .seconds(60)) {
                    Self.shows(repository, 1) { $0.title == "Named in Plane" }
                }
            )
            // Somebody goes on before the outcome is known.
            try await connection.change("update public.issues set name = 'Named again' where name = 'Named in Plane'")
            let isSent = try await eventually(within: .seconds(60)) {
                Self.shows(repository, 1) { $0.title == "Named again" }
            }
            #expect(isSent, "\(worker.program.text.suffix(3000))")
            #expect(try await eventually(within: .seconds(30)) { try await connection.isAtRest() })
            let titles: [String] = try await connection.values("select name as value from public.issues order by 1")
            #expect(titles.contains("Named again"))
            #expect(repository.now.writes.count == 2, "\(repository.now.writes)")
        }
    }

    @Test func `of a change on both sides GitHub's stays, or Plane's where that was asked for`() async throws {
        for (options, winner) in [([], "On GitHub"), (["--conflict", "plane"], "In Plane")] {
            let repository = Self.filled(1)
            try await Self.run(repository, options: options) { _, connection, worker in
                repository.update { state in
                    state.issues[0].title = "On GitHub"
                    state.issues[0].updatedAt = Date().formatted(.iso8601)
                }
                try await connection.change("update public.issues set name = 'In Plane' where name = 'Issue 1'")
                let isEqual = try await eventually(within: .seconds(60)) {
                    let titles: [String] = try await connection.values("select name as value from public.issues")
                    return titles == [winner] && Self.shows(repository, 1) { $0.title == winner }
                }
                #expect(isEqual, "\(repository.now.issues[0].title) \(worker.program.text.suffix(3000))")
            }
        }
    }
}

extension Connection {
    /// A label as a person makes and attaches it.
    func attachLabel(
        _ name: String,
        to issue: String,
        in project: ConnectedRepository.Project = .demo,
        asBot: Bool = false
    ) throws {
        try change(
            """
            insert into public.labels (
                id, name, color, description, project_id, workspace_id, created_at, updated_at, sort_order
            )
            select gen_random_uuid(), \(name), '#00ff00', '', project_id, workspace_id, now(), now(), 1
            from public.issues where name = \(issue) and project_id = \(project.rawValue)::text::uuid
            """,
            """
            insert into public.issue_labels (
                id, issue_id, label_id, project_id, workspace_id, created_at, updated_at, created_by_id
            )
            select gen_random_uuid(), i.id, l.id, i.project_id, i.workspace_id, now(), now(),
                (select id from public.users where is_bot = \(asBot) order by id limit 1)
            from public.issues as i
            inner join public.labels as l on l.project_id = i.project_id and l.name = \(name)
            where i.name = \(issue) and i.project_id = \(project.rawValue)::text::uuid
            """
        )
    }

    fileprivate func labels(of issue: String) throws -> [String] {
        try values(
            """
            select l.name as value from public.issue_labels as x
            inner join public.labels as l on l.id = x.label_id
            inner join public.issues as i on i.id = x.issue_id
            where x.deleted_at is null and i.name = \(issue) order by 1
            """
        )
    }
}
