import Database
import Foundation
import TestSupport
import Testing

/// Issues and comments that are made in Plane are made on GitHub, once.
@Suite(.timeLimit(.minutes(6))) struct OutboundCreationTests {
    private static let all = ["--outbound", "all", "--outbound-comments", "all"]

    @Test func `a new issue goes to GitHub with all it has, and Plane stays as it is`() async throws {
        try await OutboundBench.run(OutboundBench.filled(1), Self.all) { bench in
            let connection = bench.connection
            try await connection.makePlaneIssue("Made in Plane", "<h2>Why</h2><p>Because <strong>so</strong></p>")
            try await connection.makePlaneComment("First comment", on: "Made in Plane")
            try await connection.change(
                """
                update public.issues as i set state_id = s.id, completed_at = now() from public.states as s
                where i.name = 'Made in Plane' and s.project_id = i.project_id and s."group" = 'completed'
                """,
                """
                insert into public.issue_assignees (
                    id, issue_id, assignee_id, project_id, workspace_id, created_at, updated_at
                )
                select gen_random_uuid(), i.id, a.user_id, i.project_id, i.workspace_id, now(), now()
                from public.issues as i, public.accounts as a
                where i.name = 'Made in Plane' and a.provider_account_id = \(String(SampleUser.octocat.id))
                """
            )
            let before = try await connection.planeTitles()
            try await bench.expect { state in
                state.issues.count == 2 && state.issues[1].state == "closed" && state.comments.count == 1
                    && state.issues[1].assignees == [.octocat]
            }
            let (issue, comment) = (bench.repository.now.issues[1], bench.repository.now.comments[0].comment)
            #expect(issue.title == "Made in Plane" && issue.body?.hasPrefix("## Why\n\nBecause **so**\n") == true)
            #expect(comment.body.contains("First comment") && comment.body.hasPrefix("**"))
            #expect(comment.body.contains("https://plane.example.com/demo/browse/GH-2/"))
            #expect(try await connection.planeTitles() == before)
            let html: String = try await connection.value(
                "select description_html as value from public.issues where name = 'Made in Plane'"
            )
            #expect(html == "<h2>Why</h2><p>Because <strong>so</strong></p>")
            // What GitHub shows of it changes nothing, however often it is read.
            let writes = bench.repository.now.writes.count
            try await bench.importAll()
            try await bench.waitForLooks()
            #expect(try await connection.planeTitles() == before && bench.repository.now.writes.count == writes)
            #expect(bench.repository.now.writesWithoutEffect == 0)
            // What comes later goes there too.
            try await connection.change("update public.issues set name = 'Renamed' where name = 'Made in Plane'")
            try await bench.expect { $0.issues[1].title == "Renamed" }
        }
    }

    @Test func `only what has the label goes out, and the label stays in Plane`() async throws {
        let options = ["--outbound", "label", "--create-label", "To GitHub"]
        try await OutboundBench.run(OutboundBench.filled(1), options) { bench in
            try await bench.connection.makePlaneIssue("With the label")
            try await bench.connection.makePlaneIssue("Without")
            try await bench.connection.attachLabel("to github", to: "With the label")
            try await bench.expect { $0.issues.count == 2 }
            try await bench.waitForLooks()
            #expect(bench.repository.now.issues.map(\.title) == ["Issue 1", "With the label"])
            #expect(bench.repository.now.issues[1].labels.isEmpty)
        }
    }

    @Test func `answers that are lost make nothing twice`() async throws {
        try await OutboundBench.run(OutboundBench.filled(1), Self.all) { bench in
            bench.onGitHub { $1.lostAnswers = [.answer(502), .close] }
            try await bench.connection.makePlaneIssue("Made in Plane")
            #expect(try await eventually(within: .seconds(60)) { bench.repository.now.issues.count == 2 })
            try await bench.connection.makePlaneComment("A comment", on: "Issue 1")
            #expect(try await eventually(within: .seconds(60)) { bench.repository.now.comments.count == 1 })
            let isKnown = try await eventually(within: .seconds(90)) {
                try await bench.connection.hurry()
                return try await bench.connection.isAtRest()
            }
            #expect(isKnown, "\(bench.worker.program.text.suffix(3_000))")
            #expect(bench.repository.now.issues.count == 2 && bench.repository.now.comments.count == 1)
            try await bench.importAll()
            #expect(try await bench.connection.planeTitles() == ["Issue 1", "Made in Plane"])
        }
    }

    @Test func `the echo may come before the answer`() async throws {
        let repository = OutboundBench.filled(1)
        try await OutboundBench.run(repository, Self.all) { bench in
            bench.onGitHub { $1.lostAnswers = [.close] }
            try await bench.connection.makePlaneIssue("Made in Plane")
            #expect(try await eventually(within: .seconds(60)) { bench.repository.now.issues.count == 2 })
            // As a webhook would tell it.
            try await bench.importAll()
            try await bench.expectRest()
            #expect(try await bench.connection.planeTitles() == ["Issue 1", "Made in Plane"])
            try await bench.connection.change("update public.issues set name = 'Named' where name = 'Made in Plane'")
            try await bench.expect { $0.issues[1].title == "Named" }
        }
    }

    @Test func `what is deleted in Plane before anybody knows that GitHub created it goes there as well`() async throws
    {
        try await OutboundBench.run(OutboundBench.filled(1), Self.all + ["--outbound-delete", "close"]) { bench in
            let connection = bench.connection
            bench.onGitHub { $1.lostAnswers = [.close, .close] }
            try await connection.makePlaneIssue("Made in Plane")
            #expect(try await eventually(within: .seconds(60)) { bench.repository.now.issues.count == 2 })
            try await connection.change(
                "update public.issues set deleted_at = now() where name = 'Made in Plane'",
                """
                update public.issue_sequences set deleted_at = now() where issue_id = (
                    select id from public.issues where name = 'Made in Plane'
                )
                """
            )
            try await connection.makePlaneComment("A comment", on: "Issue 1")
            #expect(try await eventually(within: .seconds(60)) { bench.repository.now.comments.count == 1 })
            try await connection.change("update public.issue_comments set deleted_at = now()")
            let isEqual = try await eventually(within: .seconds(120)) {
                try await connection.hurry()
                return bench.repository.now.comments.isEmpty && bench.repository.now.issues[1].state == "closed"
            }
            #expect(isEqual, "\(bench.repository.now.writes)\n\(bench.worker.program.text.suffix(3_000))")
            #expect(bench.repository.now.issues.count == 2)
        }
    }

    @Test func `what is deleted in Plane and was never created is not created`() async throws {
        try await OutboundBench.run(OutboundBench.filled(1), Self.all) { bench in
            let connection = bench.connection
            // As when the program ended between the record of the creation and the call.
            try await connection.execute("begin")
            try await connection.makePlaneComment("A comment", on: "Issue 1")
            try await connection.change(
                """
                insert into github_sync.github_outbound (repository_sync_id, kind, plane_id, creation)
                select s.id, 'comment', c.id, jsonb_build_object(
                    'user', \(FakeRepository.machine.id)::bigint,
                    -- Swift counts seconds from 2001 on.
                    'sentAt', extract(epoch from now()) - 978307200 - 120
                )
                from public.issue_comments as c
                inner join public.github_repository_syncs as s on s.project_id = c.project_id
                """,
                "update public.issue_comments set deleted_at = now()"
            )
            try await connection.execute("commit")
            let isAtRest = try await eventually(within: .seconds(120)) {
                try await connection.hurry()
                return try await connection.isAtRest()
            }
            #expect(isAtRest, "\(bench.worker.program.text.suffix(3_000))")
            #expect(bench.repository.now.writes.isEmpty && bench.repository.now.comments.isEmpty)
            let creations: [Bool] = try await connection.values(
                "select creation is not null as value from github_sync.github_outbound where kind = 'comment'"
            )
            #expect(creations == [false])
        }
    }

    @Test func `comments are edited and deleted on GitHub as they are in Plane`() async throws {
        try await OutboundBench.run(OutboundBench.filled(1), Self.all) { bench in
            let connection = bench.connection
            try await connection.makePlaneComment("Before", on: "Issue 1")
            try await bench.expect { $0.comments.count == 1 }
            try await connection.change(
                """
                update public.issue_comments
                set comment_html = '<p>After</p>', comment_stripped = 'After', edited_at = now()
                """,
                "update public.descriptions set description_html = '<p>After</p>', description_stripped = 'After'"
            )
            try await bench.expect { $0.comments[0].comment.body.contains("\n\nAfter\n\n<!-- plane:comment:") }
            // Somebody edits it on GitHub.
            let id = bench.repository.now.comments[0].comment.id
            let body = bench.repository.now.comments[0].comment.body.replacing("After", with: "On GitHub")
            bench.onGitHub { _ = $0.edit(id, body: body, by: .octocat, &$1) }
            try await bench.importAll()
            let html: String = try await connection.value("select comment_html as value from public.issue_comments")
            #expect(html.contains("On GitHub") && !html.contains("plane:comment") && !html.contains("in GH-1"))
            try await connection.change("update public.issue_comments set deleted_at = now()")
            try await bench.expect { $0.comments.isEmpty }
        }
    }
}
