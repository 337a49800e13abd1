import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Worker

/// Pull requests and the issues they close or name.
@Suite struct PullSyncTests {
    private static let automation = """
        {"pull_requests": {"draft": "Todo", "open": "group:started", "merged": "group:completed"}}
        """

    private static func pull(
        _ body: String,
        _ state: SamplePullRequest.State = .open,
        at seconds: Int = 0
    )
        -> SamplePullRequest
    {
        var pull = SamplePullRequest(34)
        pull.body = body
        pull.state = state
        pull.updatedAt = SampleIssue.time(seconds)
        return pull
    }

    @Test func `an issue is linked to a pull request that names it, as long as it does`() async throws {
        try await SyncBench.with { bench in
            try await bench.deliver(SampleIssue(12).event("opened"))
            try await bench.drain()
            let opened = try await bench.deliver(Self.pull("See #12").event("opened"), .pullRequest)
            try await bench.drain()
            #expect(try await bench.links(1) == ["acme/rocket#12", "acme/rocket#34 A change (open)"])
            #expect(try await bench.event(opened).result?.contains("GH-1: linked") == true)

            try await bench.deliver(Self.pull("See #12", .merged, at: 5).event("closed"), .pullRequest)
            try await bench.drain()
            #expect(try await bench.links(1) == ["acme/rocket#12", "acme/rocket#34 A change (merged)"])

            try await bench.deliver(Self.pull("Nothing", .merged, at: 9).event("edited"), .pullRequest)
            try await bench.drain()
            #expect(try await bench.links(1) == ["acme/rocket#12"])
            let url = "https://github.com/acme/rocket/pull/34"
            #expect(try await bench.history(1) == ["created →", "created link → \(url)", "deleted link \(url) →"])
        }
    }

    @Test(arguments: [1, 64]) func `a pull request may come before the issue it names`(batch: Int) async throws {
        try await SyncBench.with { bench in
            try await bench.configure(Self.automation)
            try await bench.deliver(Self.pull("Fixes #12").event("opened"), .pullRequest)
            try await bench.deliver(SampleIssue(12).event("opened"))
            try await bench.drain(batch: batch)
            #expect(try await bench.links(1) == ["acme/rocket#12", "acme/rocket#34 A change (open)"])
            #expect(try await bench.issues().map(\.state) == ["In Progress"])
        }
    }

    @Test(arguments: ["opened", "edited", "dropped"])
    func `an issue that is made beside a pull request that names it costs no second transaction`(
        change: String
    ) async throws {
        try await SyncBench.with { bench in
            try await bench.configure(Self.automation)
            if change != "opened" {
                try await bench.deliver(Self.pull(change == "edited" ? "-" : "Fixes #12").event("opened"), .pullRequest)
                try await bench.drain()
            }
            try await bench.deliver(SampleIssue(12).event("opened"))
            let body = change == "dropped" ? "-" : "Fixes #12"
            let action = change == "opened" ? "opened" : "edited"
            try await bench.deliver(Self.pull(body, at: 5).event(action), .pullRequest)
            #expect(try await bench.drain() == 0)
            #expect(try await bench.issues().map(\.state) == [change == "dropped" ? "Backlog" : "In Progress"])
            #expect(try await bench.links(1).count == (change == "dropped" ? 1 : 2))
        }
    }

    @Test func `an issue that is deleted beside a pull request that names it for the first time is no conflict`()
        async throws
    {
        try await SyncBench.with { bench in
            try await bench.deliver(SampleIssue(12).event("deleted"))
            try await bench.deliver(Self.pull("Fixes #12").event("opened"), .pullRequest)
            #expect(try await bench.drain() == 0)
            #expect(try await bench.issues() == [])
        }
    }

    @Test(arguments: [false, true])
    func `a pull request that is moved to the default branch within a second closes, in any order`(
        reversed: Bool
    ) async throws {
        try await SyncBench.with { bench in
            try await bench.configure(Self.automation)
            try await bench.deliver(SampleIssue(12).event("opened"))
            var pull = Self.pull("Fixes #12")
            pull.base = "release-1.2"
            let opened = pull.event("opened")
            pull.base = "main"
            let edited = pull.event("edited", with: .from(base: "release-1.2"))
            for payload in reversed ? [edited, opened] : [opened, edited] {
                try await bench.deliver(payload, .pullRequest)
            }
            try await bench.drain(batch: 1)
            #expect(try await bench.issues().map(\.state) == ["In Progress"])
        }
    }

    @Test func `a link to a sub-issue that goes with its parent goes, too`() async throws {
        try await SyncBench.with { bench in
            try await bench.deliver(SampleIssue(1).event("opened"))
            try await bench.deliver(SampleIssue(2).event("opened"))
            try await bench.drain(batch: 1)
            // Made in Plane, under GitHub's issue.
            try await bench.connection.execute(
                """
                update public.issues set
                    external_source = null, parent_id = (select id from public.issues where sequence_id = 1)
                where sequence_id = 2
                """
            )
            try await bench.connection.execute("delete from public.github_issue_syncs where repo_issue_id = 2")
            try await bench.connection.execute("delete from github_sync.github_issue_versions where number = 2")
            try await bench.deliver(SampleIssue(1).event("deleted"))
            try await bench.deliver(Self.pull("See GH-2").event("opened"), .pullRequest)
            try await bench.drain()
            #expect(try await bench.issues() == [])
        }
    }

    @Test func `a link that a Plane user removed stays removed, until it is named anew`() async throws {
        try await SyncBench.with { bench in
            try await bench.deliver(SampleIssue(12).event("opened"))
            try await bench.deliver(Self.pull("See #12").event("opened"), .pullRequest)
            try await bench.drain()
            try await bench.connection.execute("update public.issue_links set deleted_at = now()")
            try await bench.deliver(Self.pull("See #12", .merged, at: 5).event("closed"), .pullRequest)
            try await bench.drain()
            #expect(try await bench.links(1) == [])
            #expect(try await bench.history(1).count == 2)
            try await bench.deliver(Self.pull("-", .merged, at: 6).event("edited"), .pullRequest)
            try await bench.deliver(Self.pull("#12", .merged, at: 7).event("edited"), .pullRequest)
            try await bench.drain(batch: 1)
            #expect(try await bench.links(1) == ["acme/rocket#34 A change (merged)"])
            #expect(try await bench.history(1).count == 3)
        }
    }

    @Test func `a pull request names issues of its project only, by each kind of number`() async throws {
        try await SyncBench.with { bench in
            let shuttle = SampleRepository.shuttle
            _ = try await bench.connection.connectRepository(shuttle.id, shuttle.fullName)
            _ = try await bench.connection.connectRepository(1, "acme/elsewhere", to: .second)
            try await bench.deliver(SampleIssue(12).event("opened"))
            try await bench.deliver(SampleIssue(7, repository: shuttle).event("opened", in: shuttle))
            let elsewhere = SampleRepository(id: 1, fullName: "acme/elsewhere")
            try await bench.deliver(SampleIssue(3, repository: elsewhere).event("opened", in: elsewhere))
            try await bench.drain(batch: 1)
            let body = "acme/shuttle#7, https://github.com/acme/elsewhere/issues/3 and GH-1, SEC-1"
            try await bench.deliver(Self.pull(body).event("opened"), .pullRequest)
            try await bench.drain()
            let link = "acme/rocket#34 A change (open)"
            #expect(try await bench.connection.linked(link) == ["GH-1", "GH-2"])
        }
    }

    @Test func `an issue made in Plane can be named and moved by its number`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(Self.automation)
            try await bench.connection.createNatively(number: 9)
            try await bench.deliver(Self.pull("Fixes GH-9").event("opened"), .pullRequest)
            try await bench.drain()
            #expect(try await bench.links(9) == ["acme/rocket#34 A change (open)"])
            #expect(try await bench.issues().map(\.state) == ["In Progress"])
            try await bench.deliver(Self.pull("Fixes GH-9", .closed, at: 4).event("closed"), .pullRequest)
            try await bench.drain()
            #expect(try await bench.issues().map(\.state) == ["Backlog"])
        }
    }

    @Test(arguments: [
        (SamplePullRequest.State.draft, "Todo", nil as Int?), (.open, "In Progress", nil), (.merged, "Done", 8),
        (.closed, "Backlog", nil),
    ])
    func `a pull request moves the open issue it closes`(
        state: SamplePullRequest.State,
        expected: String,
        completed: Int?
    ) async throws {
        try await SyncBench.with { bench in
            try await bench.configure(Self.automation)
            try await bench.deliver(SampleIssue(12).event("opened"))
            try await bench.deliver(Self.pull("Closes #12").event("opened"), .pullRequest)
            try await bench.drain(batch: 1)
            let last = try await bench.deliver(Self.pull("Closes #12", state, at: 8).event("edited"), .pullRequest)
            try await bench.drain()
            let issue = try #require(try await bench.issues().first)
            #expect(issue.state == expected)
            #expect(issue.completedAt == completed.flatMap { Timestamp(iso: SampleIssue.time($0)) })
            if state != .open {
                let result = try await bench.event(last).result
                #expect(result?.contains("GH-1: state In Progress → \(expected)") == true, "\(result ?? "")")
            }
        }
    }

    @Test func `what a Plane user moved stays, and a pull request that only names an issue moves nothing`() async throws
    {
        try await SyncBench.with { bench in
            try await bench.configure(Self.automation)
            try await bench.deliver(SampleIssue(12).event("opened"))
            try await bench.deliver(Self.pull("About #12").event("opened"), .pullRequest)
            try await bench.drain()
            #expect(try await bench.issues().map(\.state) == ["Backlog"])
            try await bench.deliver(Self.pull("Fixes #12", at: 1).event("edited"), .pullRequest)
            try await bench.drain()
            #expect(try await bench.issues().map(\.state) == ["In Progress"])
            try await bench.connection.execute(
                "update public.issues set state_id = (select id from public.states where name = 'Cancelled' limit 1)"
            )
            try await bench.deliver(Self.pull("Fixes #12", .merged, at: 2).event("closed"), .pullRequest)
            try await bench.drain()
            #expect(try await bench.issues().map(\.state) == ["Cancelled"])
        }
    }

    /// GitHub closes an issue only by what goes into the default branch.
    @Test(arguments: [false, true])
    func `closing words in a pull request to another branch only name`(issueFirst: Bool) async throws {
        try await SyncBench.with { bench in
            try await bench.configure(Self.automation)
            var pull = Self.pull("Fixes #12", .merged)
            pull.base = "release"
            let issue = SampleIssue(12).event("opened")
            if issueFirst { try await bench.deliver(issue) }
            try await bench.deliver(pull.event("closed"), .pullRequest)
            if !issueFirst { try await bench.deliver(issue) }
            try await bench.drain(batch: 1)
            #expect(try await bench.issues().map(\.state) == ["Backlog"])
            #expect(try await bench.links(1) == ["acme/rocket#12", "acme/rocket#34 A change (merged)"])
        }
    }

    @Test func `what a pull request closes follows its base and the default branch`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(Self.automation)
            try await bench.deliver(SampleIssue(12).event("opened"))
            var repository = SampleRepository.rocket
            var second = 0
            func state(_ base: String?, of main: String?, _ action: String) async throws -> String? {
                second += 1
                var pull = Self.pull("Fixes #12", at: second)
                pull.base = base
                repository.defaultBranch = main
                try await bench.deliver(pull.event(action, in: repository), .pullRequest)
                try await bench.drain()
                return try await bench.issues().first?.state
            }
            #expect(try await state("release", of: "main", "opened") == "Backlog")
            #expect(try await state("main", of: "main", "edited") == "In Progress")
            #expect(try await state("release", of: "main", "edited") == "Backlog")
            #expect(try await state("release", of: "release", "labeled") == "In Progress")
            #expect(try await state("release", of: "main", "labeled") == "Backlog")
            // An old server names neither: then every closing word counts.
            #expect(try await state(nil, of: "main", "labeled") == "In Progress")
            #expect(try await state("release", of: nil, "labeled") == "In Progress")
        }
    }

    @Test func `without settings pull requests move nothing`() async throws {
        try await SyncBench.with { bench in
            try await bench.deliver(SampleIssue(12).event("opened"))
            try await bench.deliver(Self.pull("Fixes #12", .merged).event("closed"), .pullRequest)
            try await bench.drain()
            #expect(try await bench.issues().map(\.state) == ["Backlog"])
        }
    }

    /// The write skew that the number lock prevents: each looks for the other before either has committed.
    @Test func `an issue and the pull request that names it, worked on at once, find each other`() async throws {
        try await SyncBench.with { bench in
            for round in Int64(1)...40 {
                var pull = SamplePullRequest(1000 + round)
                pull.body = "Fixes #\(round)"
                try await bench.deliver(SampleIssue(round).event("opened"))
                try await bench.deliver(pull.event("opened"), .pullRequest)
            }
            try await withThrowingTaskGroup { group in
                for _ in 1...4 {
                    let slot = SyncBench(database: bench.database, connection: bench.database.connection())
                    group.addTask { try await slot.drain(batch: 1) }
                }
                try await group.waitForAll()
            }
            #expect(try await bench.connection.pullLinkCount() == 40)
        }
    }
}

extension Connection {
    fileprivate func linked(_ title: String) throws -> [String] {
        try run(
            """
            select p.identifier || '-' || i.sequence_id as issue
            from public.issue_links as l
            inner join public.issues as i on i.id = l.issue_id
            inner join public.projects as p on p.id = i.project_id
            where l.title = \(title) and l.deleted_at is null
            order by 1
            """
        ).map { try $0.get("issue") }
    }

    fileprivate func pullLinkCount() throws -> Int {
        try run("select 1 from public.issue_links where deleted_at is null and url like '%/pull/%'").count
    }

    fileprivate func createNatively(number: Int) throws {
        let (id, project) = (UUID(), ConnectedRepository.Project.demo.rawValue)
        try run([
            """
            insert into public.issues (
                id, created_at, updated_at, project_id, workspace_id, state_id, name, description_html,
                description_stripped, description_json, priority, sequence_id, sort_order, is_draft
            )
            select \(id), now(), now(), p.id, p.workspace_id, s.id, 'Made in Plane', '<p></p>', '', '{}', 'none',
                \(number), 1, false
            from public.projects as p
            inner join public.states as s on s.project_id = p.id and s."default"
            where p.id = \(project)::text::uuid
            """,
            """
            insert into public.issue_sequences (
                id, created_at, updated_at, project_id, workspace_id, issue_id, sequence, deleted
            )
            select gen_random_uuid(), now(), now(), id, workspace_id, \(id), \(number), false
            from public.projects where id = \(project)::text::uuid
            """,
        ])
    }
}
