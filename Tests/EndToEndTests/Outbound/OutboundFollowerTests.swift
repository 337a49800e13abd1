import Database
import Foundation
import TestSupport
import Testing

/// Several repositories and several projects: each edit goes where it belongs, once.
@Suite(.timeLimit(.minutes(6))) struct OutboundFollowerTests {
    private typealias Following = OutboundBench.Following

    private static let (linked, all) = (
        ["--outbound", "linked", "--outbound-comments", "all"], ["--outbound", "all", "--outbound-comments", "all"]
    )

    private static func rocket(_ webhook: FakeWebhook) -> FakeRepository {
        OutboundBench.filled(3, webhook: webhook) { $0.title = "Rocket \($0.number)" }
    }

    private static func shuttle(_ webhook: FakeWebhook) -> FakeRepository {
        OutboundBench.filled(3, of: .shuttle, webhook: webhook) { $0.title = "Shuttle \($0.number)" }
    }

    private static func titles(_ repository: FakeRepository) -> [String] { repository.now.issues.map(\.title) }

    @Test func `two projects that follow a repository each do not meet`() async throws {
        let webhook = FakeWebhook()
        let (rocket, shuttle) = (Self.rocket(webhook), Self.shuttle(webhook))
        let followings = [
            Following(repository: rocket, options: Self.all),
            Following(repository: shuttle, project: .second, options: Self.all),
        ]
        try await OutboundBench.run(followings, webhook: webhook) { bench in
            let connection = bench.connection
            try await connection.change("update public.issues set name = 'Named ' || name where name like '% 1'")
            try await connection.makePlaneComment("To rocket", on: "Rocket 2")
            try await connection.makePlaneComment("To shuttle", on: "Shuttle 2", in: .second)
            try await connection.makePlaneIssue("New rocket")
            try await connection.makePlaneIssue("New shuttle", in: .second)
            try await bench.expectEqual(writes: [3, 3])
            #expect(Self.titles(rocket) == ["Named Rocket 1", "Rocket 2", "Rocket 3", "New rocket"])
            #expect(Self.titles(shuttle) == ["Named Shuttle 1", "Shuttle 2", "Shuttle 3", "New shuttle"])
            #expect(rocket.now.comments.map(\.issue) == [2] && shuttle.now.comments.map(\.issue) == [2])
            #expect(shuttle.now.comments[0].comment.body.contains("To shuttle"))
            try await bench.waitForLooks()
            try await bench.expectEqual(writes: [3, 3])
        }
    }

    @Test func `what a project has of two repositories goes to the one it came from`() async throws {
        let webhook = FakeWebhook()
        let (rocket, shuttle) = (Self.rocket(webhook), Self.shuttle(webhook))
        let followings = [
            Following(repository: rocket, options: Self.all), Following(repository: shuttle, options: Self.linked),
        ]
        try await OutboundBench.run(followings, webhook: webhook) { bench in
            let connection = bench.connection
            try await connection.change(
                "update public.issues set name = 'Named ' || name where name in ('Rocket 1', 'Shuttle 3')"
            )
            try await connection.makePlaneComment("To shuttle", on: "Shuttle 2")
            try await connection.attachLabel("from Plane", to: "Rocket 2")
            // New ones are asked for in one of them.
            try await connection.makePlaneIssue("New rocket")
            try await bench.expectEqual(writes: [3, 2])
            #expect(Self.titles(rocket) == ["Named Rocket 1", "Rocket 2", "Rocket 3", "New rocket"])
            #expect(Self.titles(shuttle) == ["Shuttle 1", "Shuttle 2", "Named Shuttle 3"])
            #expect(rocket.now.comments.isEmpty && shuttle.now.comments.map(\.issue) == [2])
            try await bench.waitForLooks()
            try await bench.expectEqual(writes: [3, 2])
        }
    }

    @Test func `what is made in a project goes once to each repository that asks for it, and stays the same in all`()
        async throws
    {
        let webhook = FakeWebhook()
        let (rocket, shuttle) = (Self.rocket(webhook), Self.shuttle(webhook))
        let followings = [rocket, shuttle].map { Following(repository: $0, options: Self.all) }
        try await OutboundBench.run(followings, webhook: webhook) { bench in
            let connection = bench.connection
            try await connection.makePlaneIssue("New")
            try await connection.makePlaneComment("A comment", on: "New")
            try await bench.expectEqual(writes: [2, 2])
            for repository in bench.repositories {
                #expect(Self.titles(repository).last == "New" && repository.now.issues.count == 4)
                #expect(repository.now.comments.map(\.issue) == [4])
            }
            // What somebody changes in one of them comes to the other by way of Plane.
            rocket.update { rocket.edit(4, [.title("Named in rocket"), .close("completed")], by: .octocat, &$0) }
            let isEqual = try await eventually(within: .seconds(60)) {
                shuttle.now.issues[3].title == "Named in rocket" && shuttle.now.issues[3].state == "closed"
            }
            #expect(isEqual, "\(bench.worker.program.text.suffix(3_000))")
            try await bench.expectEqual(writes: [2, 3])
            try await connection.change("update public.issues set name = 'In Plane' where name = 'Named in rocket'")
            try await bench.expectEqual(writes: [3, 4])
            try await bench.waitForLooks()
            try await bench.expectEqual(writes: [3, 4])
        }
    }

    @Test func `an edit of an issue that two projects have goes to GitHub once, and from there to the other one`()
        async throws
    {
        let webhook = FakeWebhook()
        let rocket = Self.rocket(webhook)
        let options = Self.all + ["--outbound-delete", "close"]
        let followings = ConnectedRepository.Project.allCases.map {
            Following(repository: rocket, project: $0, options: options)
        }
        try await OutboundBench.run(followings, webhook: webhook, keepsRules: false) { bench in
            let connection = bench.connection
            let (demo, second) = (Project.demo.rawValue, Project.second.rawValue)
            try await connection.change(
                "update public.issues set name = 'Named' where name = 'Rocket 1' and project_id = \(demo)::text::uuid",
                """
                update public.issues as i set state_id = s.id, completed_at = now() from public.states as s
                where i.name = 'Rocket 2' and i.project_id = \(second)::text::uuid and s.project_id = i.project_id
                    and s."group" = 'completed'
                """
            )
            try await connection.makePlaneComment("A comment", on: "Rocket 2")
            try await connection.attachLabel("from Plane", to: "Rocket 3", in: .second)
            try await connection.makePlaneIssue("New", in: .second)
            try await bench.expectEqual(writes: [5])
            #expect(Self.titles(rocket) == ["Named", "Rocket 2", "Rocket 3", "New"])
            #expect(rocket.now.issues[1].state == "closed" && rocket.now.issues[2].labels.map(\.name) == ["from Plane"])
            try await bench.waitForLooks()
            try await bench.expectEqual(writes: [5])

            // Both edit one field at once: one of them wins, everywhere.
            try await connection.change(
                "update public.issues set name = 'In demo' where name = 'Rocket 3' and project_id = \(demo)::text::uuid",
                """
                update public.issues set name = 'In second'
                where name = 'Rocket 3' and project_id = \(second)::text::uuid
                """,
                "update public.issue_comments set comment_html = '<p>Edited</p>' where external_source is null"
            )
            try await bench.expectEqual(writes: [7])
            #expect(["In demo", "In second"].contains(Self.titles(rocket)[2]))
            // What one of them deletes is closed, which the other one shows; only it still has the issue.
            try await connection.change(
                """
                update public.issues set deleted_at = now() where name = 'Named' and project_id = \(demo)::text::uuid
                """,
                "update public.issue_comments set deleted_at = now() where external_source is null"
            )
            let isClosed = try await eventually(within: .seconds(60)) {
                rocket.now.issues[0].stateReason == "not_planned" && rocket.now.comments.isEmpty
            }
            #expect(isClosed, "\(bench.worker.program.text.suffix(3_000))")
            try await bench.expectRest()
            #expect(try await bench.differences(0, 1) == [])
            try await bench.waitForLooks()
            #expect(rocket.now.writes.count == 9 && rocket.now.writesWithoutEffect == 0)
            #expect(try await bench.differences(0, 1) == [])
        }
    }

    private typealias Project = ConnectedRepository.Project
}

extension OutboundBench {
    /// Expects so many writes to each repository in all, and that each project and the repository it follows show the
    /// same then.
    fileprivate func expectEqual(writes: [Int], _ location: SourceLocation = #_sourceLocation) async throws {
        let isEqual = try await eventually(within: .seconds(90)) {
            let isWritten = zip(repositories, writes).allSatisfy { $0.now.writes.count >= $1 }
            guard isWritten, try await connection.isAtRest() else { return false }
            return try await differences().isEmpty
        }
        try await expectRest(within: .seconds(60), location)
        let written = repositories.map(\.now.writes)
        let log = "\(try await differences()) \(written) \(worker.program.text.suffix(3_000))"
        #expect(isEqual && written.map(\.count) == writes, "\(log)", sourceLocation: location)
        #expect(repositories.allSatisfy { $0.now.writesWithoutEffect == 0 }, sourceLocation: location)
        #expect(try await connection.blamedObjects() == [], sourceLocation: location)
    }

    private func differences() async throws -> [String] {
        var found: [String] = []
        for following in syncs.indices {
            found += try await differences(repositories.count == syncs.count ? following : 0, following)
        }
        return found
    }
}
