import Database
import Foundation
import TestSupport
import Testing

/// Edits of texts and people in Plane, what looks like an edit and is none, and deletions.
@Suite(.timeLimit(.minutes(6))) struct OutboundEditTests {
    private static let text = """
        Some *words*

        <details><summary>More</summary>

        hidden

        </details>

        * one
        * two

        The end
        """

    @Test func `an edit replaces only the blocks that changed, and opening an issue is none`() async throws {
        let repository = OutboundBench.filled(2) { $0.body = Self.text }
        try await OutboundBench.run(repository, ["--outbound", "linked"]) { bench in
            try await bench.connection.change(
                """
                update public.issues
                set description_html = regexp_replace(description_html, '<p', '<p data-id="a1"', 'g')
                where name = 'Issue 2'
                """
            )
            try await bench.waitForLooks()
            try await Task.sleep(for: .seconds(10))
            #expect(bench.repository.now.issueReads == 0 && bench.repository.now.writes == [])
            try await bench.connection.change(
                """
                update public.issues
                set description_html = replace(description_html, 'The end', 'The <strong>very</strong> end'),
                    description_stripped = replace(description_stripped, 'The end', 'The very end')
                where name = 'Issue 1'
                """
            )
            let after = Self.text.replacing("The end", with: "The **very** end")
            try await bench.expect { $0.issues[0].body == after }
            #expect(bench.repository.now.writes.count == 1)
            try await bench.importAll()
            try await bench.waitForLooks()
            #expect(bench.repository.now.writes.count == 1 && bench.repository.now.issues[1].body == Self.text)
        }
    }

    @Test func `a stale save of a whole row is undone, and nothing is sent`() async throws {
        let repository = OutboundBench.filled(2)
        try await OutboundBench.run(repository, ["--outbound", "linked"]) { bench in
            let connection = bench.connection
            try await connection.change("create table public.stale as select * from public.issues")
            bench.onGitHub { repository, state in
                for number in 1...2 as ClosedRange<Int64> {
                    repository.edit(number, [.body("Newer text"), .close("completed")], by: .octocat, &state)
                }
            }
            try await bench.importAll()
            // What is saved later was read before both edits.
            bench.onGitHub { repository, state in
                for number in 1...2 as ClosedRange<Int64> {
                    repository.edit(number, [.title("New \(number)"), .body("New text")], by: .octocat, &state)
                }
            }
            try await bench.importAll()
            #expect(try await connection.planeTitles() == ["New 1", "New 2"])
            try await connection.change(
                """
                update public.issues as i
                set name = s.name, description_html = s.description_html,
                    description_stripped = s.description_stripped, state_id = s.state_id, completed_at = s.completed_at
                from public.stale as s where s.id = i.id
                """,
                // Of the second issue somebody means it.
                """
                insert into public.issue_activities (
                    id, verb, field, comment, attachments, issue_id, project_id, workspace_id, epoch, created_at,
                    updated_at
                )
                select gen_random_uuid(), 'updated', 'name', 'updated the name', '{}', id, project_id, workspace_id,
                    extract(epoch from now()), now(), now()
                from public.issues where name = 'Issue 2'
                """,
                "drop table public.stale",
                // And somebody opens the first one in the editor at once.
                """
                update public.issues set description_html = replace(description_html, '<p', '<p data-id="b2"')
                where name = 'Issue 1'
                """
            )
            try await bench.expect { $0.issues[1].title == "Issue 2" }
            #expect(try await connection.planeTitles() == ["New 1", "Issue 2"])
            let others: Int = try await connection.value(
                """
                select count(*) as value from public.issues as i inner join public.states as s on s.id = i.state_id
                where i.description_html like '%New text%' and s."group" = 'completed' and i.completed_at is not null
                """
            )
            #expect(others == 2)
            #expect(bench.repository.now.writes.count == 1)
            #expect(bench.repository.now.issues.allSatisfy { $0.state == "closed" && $0.body == "New text" })
        }
    }

    @Test func `people are assigned and unassigned, and those whom nobody knows there are named`() async throws {
        let repository = OutboundBench.filled(1) { $0.assignees = [.octocat] }
        try await OutboundBench.run(repository, ["--outbound", "linked"]) { bench in
            try await bench.connection.change(
                "update public.issue_assignees set deleted_at = now()",
                "delete from public.accounts where provider_account_id = \(String(SampleUser.demo.id))",
                """
                insert into public.issue_assignees (
                    id, issue_id, assignee_id, project_id, workspace_id, created_at, updated_at
                )
                select gen_random_uuid(), i.id, u.id, i.project_id, i.workspace_id, now(), now()
                from public.issues as i, public.users as u
                where not exists (select from public.accounts as a where a.user_id = u.id) and not u.is_bot
                """
            )
            try await bench.expect { $0.issues[0].assignees.isEmpty }
            let listed = try await CommandsRun.worker(["outbound", "list", "--issue", "gh-1"], on: bench.database)
            #expect(listed.output.contains("not sent: assignee"), "\(listed.output)")
        }
    }

    @Test func `deleted issues are closed where that was asked for, and many at once only with approval`() async throws
    {
        let options = ["--outbound", "linked", "--outbound-delete", "close"]
        try await OutboundBench.run(OutboundBench.filled(102), options, keepsRules: false) { bench in
            // As Plane's bulk delete does it, which changes nothing else.
            try await bench.connection.change(
                "update public.issues set deleted_at = now() where name in ('Issue 101', 'Issue 102')"
            )
            try await bench.expect { state in state.issues.count { $0.state == "closed" } == 2 }
            #expect(bench.repository.now.issues.allSatisfy { $0.state == "open" || $0.stateReason == "not_planned" })
            // A row that is written again is no other deletion; one that is back is open again.
            try await bench.connection.change(
                """
                update public.issues
                set deleted_at = case when name = 'Issue 102' then deleted_at end where name in ('Issue 101', 'Issue 102')
                """
            )
            try await bench.expect { state in state.issues.count { $0.state == "closed" } == 1 }
            try await bench.connection.change("update public.issues set deleted_at = now() where name = 'Issue 101'")
            try await bench.expect { state in state.issues.count { $0.state == "closed" } == 2 }
            #expect(bench.repository.now.writes.count == 4)
            // A worker may hold some of them for another reason before a look finds out how many there are.
            try await bench.connection.change(
                "update public.issues set deleted_at = coalesce(deleted_at, now())",
                """
                insert into github_sync.github_outbound (repository_sync_id, kind, plane_id)
                select repository_sync_id, 'issue', issue_id from github_sync.github_issue_versions
                where number <= 30
                """
            )
            try await bench.waitForLooks()
            #expect(bench.repository.now.issues.count { $0.state == "closed" } == 2)
            let parked: Int = try await bench.connection.value(
                "select count(*) as value from github_sync.github_outbound where approval = 'wanted'"
            )
            #expect(parked == 100)
            // Which issue became GH-1 is decided by the workers.
            let first: Int = try await bench.connection.value(
                "select sequence_id as value from public.issues where name = 'Issue 1'"
            )
            let second: Int = try await bench.connection.value(
                "select sequence_id as value from public.issues where name = 'Issue 2'"
            )
            let approved = try await CommandsRun.worker(["outbound", "approve", "GH-\(first)"], on: bench.database)
            #expect(approved.output.contains("1 approved"), "\(approved.output)\(approved.errors)")
            try await bench.expect { state in state.issues.count { $0.state == "closed" } == 3 }
            let dropped = try await CommandsRun.worker(["outbound", "drop", "gh-\(second)"], on: bench.database)
            #expect(dropped.output.contains("1 dropped"), "\(dropped.output)\(dropped.errors)")
            // Some task of Plane's writes the row once more, and many go out at once.
            try await bench.connection.change("update public.issues set updated_at = now() where name = 'Issue 2'")
            try await bench.waitForLooks()
            try await bench.connection.letHoursPassBetweenWrites()
            let rest = try await CommandsRun.worker(["outbound", "approve"], on: bench.database)
            #expect(rest.output.contains("98 approved"), "\(rest.output)\(rest.errors)")
            try await bench.expect { state in state.issues.count { $0.state == "closed" } == 101 }
            #expect(bench.repository.now.issues.filter { $0.state == "open" }.map(\.title) == ["Issue 2"])
            #expect(bench.repository.now.writes.count == 103)
        }
    }

    @Test func `a title that is changed back again and again is parked`() async throws {
        try await OutboundBench.run(OutboundBench.filled(1), ["--outbound", "linked"]) { bench in
            try await bench.connection.change(
                """
                insert into github_sync.github_outbound (repository_sync_id, kind, plane_id, status, result)
                select repository_sync_id, 'issue', issue_id, 'completed', '{}'
                from github_sync.github_issue_versions
                """,
                """
                insert into github_sync.github_outbound_log (repository_sync_id, kind, plane_id, sent)
                select repository_sync_id, 'issue', issue_id, '{"title: Named in Plane"}'
                from github_sync.github_issue_versions, generate_series(1, 3)
                """,
                "update public.issues set name = 'Named in Plane'"
            )
            let isParked = try await eventually(within: .seconds(60)) {
                let listed = try await CommandsRun.worker(["outbound", "list"], on: bench.database)
                return listed.output.contains("changed back: title: Named in Plane")
            }
            #expect(isParked && bench.repository.now.writes == [], "\(bench.worker.program.text.suffix(3_000))")
            // A person may know better.
            _ = try await CommandsRun.worker(["outbound", "retry", "GH-1"], on: bench.database)
            try await bench.expect { $0.issues[0].title == "Named in Plane" }
        }
    }

    @Test func `preview shows what would be sent, and sends nothing`() async throws {
        let repository = OutboundBench.filled(1)
        try await OutboundBench.run(repository, ["--outbound", "linked"]) { bench in
            try await bench.connection.change(
                """
                update public.issues
                set name = 'Named', description_html = '<p>Other <em>text</em></p>', description_stripped = 'Other text'
                """
            )
            let run = try await CommandsRun.worker(
                ["preview", "GH-1"],
                on: bench.database,
                environment: bench.settings
            )
            #expect(run.status == 0 && run.output.contains("title: Named, text"), "\(run.output)\(run.errors)")
            #expect(run.output.contains("Other _text_"))
            // Whom a text mentions is notified only where that was asked for.
            for (options, words) in [([], "Ask demo"), (["--outbound-mentions", "logins"], "Ask @demo")] {
                if !options.isEmpty {
                    let words = ["configure", "--repository", OutboundBench.rocket.fullName] + options
                    #expect(try await CommandsRun.worker(words, on: bench.database).status == 0)
                }
                try await bench.connection.change(
                    """
                    update public.issues set description_html = '<p>Ask <mention-component entity_identifier="'
                        || a.user_id || '" entity_name="user_mention"></mention-component></p>',
                        description_stripped = 'Ask '
                    from public.accounts as a where a.provider_account_id = \(String(SampleUser.demo.id))
                    """
                )
                let run = try await CommandsRun.worker(
                    ["preview", "GH-1"],
                    on: bench.database,
                    environment: bench.settings
                )
                #expect(run.output.contains(words), "\(run.output)\(run.errors)")
            }
        }
    }
}
