import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Sync
@testable import Worker

/// What the settings of a connection do to the sync.
@Suite struct SettingsSyncTests {
    private static func issue(_ number: Int64 = 1, _ labels: [String] = [], at seconds: Int = 0) -> SampleIssue {
        var issue = SampleIssue(number)
        issue.labels = labels.enumerated().map { SampleLabel(Int64($0 + 1), $1) }
        issue.updatedAt = SampleIssue.time(seconds)
        return issue
    }

    @Test func `what is not accepted is left alone, and the result says so`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"accept": ["issues.opened", "issue_comment"]}"#)
            try await bench.deliver(Self.issue().event("opened"))
            var edited = Self.issue(at: 5)
            edited.title = "Edited"
            let id = try await bench.deliver(edited.event("edited"))
            try await bench.drain()
            #expect(try await bench.issues().map(\.name) == ["A title"])
            let result = try await bench.event(id).result
            #expect(result?.contains("settings: issues.edited is not accepted") == true)
            #expect(result?.contains(#""outcome": "ignored""#) == true)
        }
    }

    @Test func `a predicate over the payload leaves a delivery alone`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"ignore": ["$.issue.title starts with \"WIP\""]}"#)
            var issue = Self.issue()
            issue.title = "WIP: something"
            let id = try await bench.deliver(issue.event("opened"))
            try await bench.drain()
            #expect(try await bench.issues() == [])
            #expect(try await bench.event(id).result?.contains("settings: ignored by $.issue.title") == true)
        }
    }

    @Test(arguments: [
        (#"{"states": {"open": "Todo"}}"#, "open", nil as String?, "Todo"),
        (#"{"states": {"open": "group:started"}}"#, "open", nil, "In Progress"),
        (#"{"states": {"completed": "Cancelled"}}"#, "closed", "completed", "Cancelled"),
        (#"{"states": {"cancelled": "group:completed"}}"#, "closed", "not_planned", "Done"),
        (#"{"states": {"open": "No such state"}}"#, "open", nil, "Backlog"),
    ])
    func `states are chosen by name or group`(
        settings: String,
        state: String,
        reason: String?,
        expected: String
    )
        async throws
    {
        try await SyncBench.with { bench in
            try await bench.configure(settings)
            var issue = Self.issue()
            issue.state = state
            issue.stateReason = reason
            issue.closedAt = state == "closed" ? SampleIssue.time(1) : nil
            try await bench.deliver(issue.event("opened"))
            try await bench.drain()
            #expect(try await bench.issues().map(\.state) == [expected])
        }
    }

    @Test func `the first rule whose label is there sets the priority, and a Plane user's choice survives`()
        async throws
    {
        try await SyncBench.with { bench in
            try await bench.configure(
                """
                {"priorities": [{"label": "Priority: High", "priority": "high"}, {"label": "bug", "priority": "low"}]}
                """
            )
            try await bench.deliver(Self.issue(1, ["bug", "priority: high"]).event("opened"))
            try await bench.drain()
            #expect(try await bench.connection.priorities() == ["high"])
            try await bench.deliver(Self.issue(1, ["bug"], at: 5).event("unlabeled"))
            try await bench.drain()
            #expect(try await bench.connection.priorities() == ["low"])
            #expect(try await bench.history(1).contains("updated priority high → low"))

            try await bench.connection.execute("update public.issues set priority = 'urgent'")
            var edited = Self.issue(1, ["bug"], at: 6)
            edited.title = "Edited"
            try await bench.deliver(edited.event("edited"))
            try await bench.drain()
            #expect(try await bench.connection.priorities() == ["urgent"])
            try await bench.deliver(Self.issue(1, [], at: 7).event("unlabeled"))
            try await bench.drain()
            #expect(try await bench.connection.priorities() == ["none"])
        }
    }

    @Test func `a label stands under the name that settings chose`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"labels": {"Bug": "Defect"}}"#)
            try await bench.deliver(Self.issue(1, ["bug", "ui"]).event("opened"))
            try await bench.drain()
            #expect(try await bench.issues().map(\.labels) == [["Defect", "ui"]])
            try await bench.deliver(Self.issue(1, [], at: 5).event("unlabeled"))
            try await bench.drain()
            #expect(try await bench.issues().map(\.labels) == [[]])
        }
    }

    @Test func `transformations set fields from the payload and to constants`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(
                """
                {"transform": [
                    {"set": "title", "from": "$.issue.html_url"},
                    {"set": "body", "to": "**kept elsewhere**", "when": "$.repository.private == true"},
                    {"set": "priority", "to": "medium", "when": "$.issue.user.login == \\"stranger\\""},
                    {"set": "priority", "to": "urgent", "when": "$.issue.number > 100"},
                    {"set": "label", "from": "$.issue.user.login"}
                ]}
                """
            )
            try await bench.deliver(Self.issue().event("opened"))
            try await bench.drain()
            let issue = try #require(try await bench.issues().first)
            #expect(issue.name == "https://github.com/acme/rocket/issues/1")
            #expect(issue.html == ActionScene.author + "<p><strong>kept elsewhere</strong></p>")
            #expect(issue.labels == ["stranger"])
            #expect(try await bench.connection.priorities() == ["medium"])
        }
    }

    @Test func `new issues get what settings add, and nothing takes it off again`() async throws {
        try await SyncBench.with { bench in
            try await bench.deliver(Self.issue(1).event("opened"))
            try await bench.drain()
            let (parent, module) = try await bench.connection.parentAndModule()
            try await bench.configure(
                """
                {"new_issues": {"labels": ["from GitHub"], "parent": {"id": "\(parent)", "name": "GH-1"},
                    "module": {"id": "\(module)", "name": "Engine"}}}
                """
            )
            try await bench.deliver(Self.issue(2, ["bug"]).event("opened"))
            try await bench.drain()
            try await bench.deliver(Self.issue(2, [], at: 5).event("unlabeled"))
            try await bench.drain()
            #expect(try await bench.issues().map(\.labels) == [[], ["from GitHub"]])
            #expect(try await bench.connection.family() == ["GH-2 under 1 in Engine"])

            // What was chosen may go away.
            try await bench.connection.execute("update public.modules set deleted_at = now()")
            try await bench.deliver(Self.issue(3).event("opened"))
            try await bench.drain()
            #expect(try await bench.issues().count == 3)
        }
    }

    @Test func `a change takes effect with the next delivery`() async throws {
        try await SyncBench.with { bench in
            for (number, state) in [(Int64(1), "Todo"), (2, "In Progress"), (3, "Done")] {
                try await bench.configure(#"{"states": {"open": "\#(state)"}}"#)
                try await bench.deliver(Self.issue(number).event("opened"))
                try await bench.drain()
            }
            #expect(try await bench.issues().map(\.state) == ["Todo", "In Progress", "Done"])
        }
    }

    @Test func `each project that follows a repository has settings of its own`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"accept": ["issue_comment"]}"#)
            _ = try await bench.connection.connectRepository(
                SampleRepository.rocket.id,
                SampleRepository.rocket.fullName,
                to: .second
            )
            let id = try await bench.deliver(Self.issue().event("opened"))
            try await bench.drain()
            let result = try #require(try await bench.event(id).result)
            #expect(result.contains("settings: issues.opened is not accepted"))
            #expect(result.contains("created SEC-1 in"))
            #expect(try await bench.issues().count == 1)
        }
    }

    @Test(arguments: [
        ("update public.projects set archived_at = now()", "project GH is archived in Plane"),
        ("update public.projects set deleted_at = now()", "project GH was deleted in Plane"),
        ("update public.github_repository_syncs set deleted_at = now()", "not connected to any project"),
    ])
    func `a project that went away stops its sync at once, and the result says why`(
        change: String,
        reason: String
    )
        async throws
    {
        try await SyncBench.with(checksRules: false) { bench in
            try await bench.connection.execute(Query(unescapedTextOfOurOwn: change))
            let id = try await bench.deliver(Self.issue().event("opened"))
            try await bench.drain()
            let event = try await bench.event(id)
            #expect(event.status == .completed)
            #expect(event.retries == 0)
            #expect(event.result?.contains(reason) == true, "\(event.result ?? "")")
        }
    }
}

extension Connection {
    fileprivate func priorities() throws -> [String] {
        try run("select priority from public.issues where deleted_at is null").map { try $0.get("priority") }
    }

    fileprivate func parentAndModule() throws -> (UUID, UUID) {
        let module = UUID()
        let row = try run(
            """
            with module as (
                insert into public.modules (created_at, updated_at, id, name, project_id, workspace_id)
                select now(), now(), \(module), 'Engine', project_id, workspace_id from public.issues
            )
            select id from public.issues
            """
        )[0]
        return (try row.get("id"), module)
    }

    fileprivate func family() throws -> [String] {
        try run(
            """
            select 'GH-' || i.sequence_id || ' under ' || p.sequence_id || ' in ' || m.name as line
            from public.issues as i
            inner join public.issues as p on p.id = i.parent_id
            inner join public.module_issues as x on x.issue_id = i.id
            inner join public.modules as m on m.id = x.module_id
            """
        ).map { try $0.get("line") }
    }
}
