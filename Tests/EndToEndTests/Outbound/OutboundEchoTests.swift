import Database
import Foundation
import TestSupport
import Testing

/// What goes one way does not come back the other way, although everything is asked to go out, and webhooks tell of all.
@Suite(.timeLimit(.minutes(20))) struct OutboundEchoTests {
    private static let changes = TestEnvironment.includesFaults ? 1_000 : 40
    private static let everything = ["--outbound", "all", "--outbound-comments", "all", "--outbound-delete", "close"]

    @Test func `changes on GitHub come to Plane, and nothing is written to GitHub`() async throws {
        let webhook = FakeWebhook()
        let repository = OutboundBench.filled(10, webhook: webhook)
        try await OutboundBench.run(repository, Self.everything, webhook: webhook) { bench in
            var change = 0
            while webhook.told < Self.changes {
                bench.onGitHub { [change] in Self.edit($0, change, &$1) }
                change += 1
                _ = try await eventually { !webhook.isBusy }
            }
            try await bench.expectRest(within: .seconds(300))
            // Of changes within a second, a delivery does not always tell which was the last; a reading does.
            try await bench.importAll()
            try await bench.waitForLooks()
            #expect(try await bench.differences() == [])
            #expect(try await bench.connection.issueCount() == bench.repository.now.issues.count)
            #expect(bench.repository.now.writes == [])
            #expect(try await bench.connection.sentCount() == 0)
        }
    }

    @Test func `a link to the dashboard is no edit in Plane`() async throws {
        let options = Self.everything + ["--issue-link", "https://sync.example.com"]
        try await OutboundBench.run(OutboundBench.filled(6), options) { bench in
            bench.onGitHub { repository, state in
                for number in 1...6 {
                    repository.edit(Int64(number), [.title("Title \(number)")], by: .octocat, &state)
                }
            }
            try await bench.importAll()
            try await bench.expectRest()
            #expect(try await bench.connection.pageLinkCount() == 6)
            try await bench.waitForLooks()
            #expect(try await bench.differences() == [])
            #expect(bench.repository.now.writes == [])
            #expect(try await bench.connection.sentCount() == 0)
        }
    }

    /// One of all kinds of changes, to one issue after the other.
    private static func edit(_ repository: FakeRepository, _ change: Int, _ state: inout FakeRepository.State) {
        let user: SampleUser = change.isMultiple(of: 2) ? .octocat : .stranger
        // One after the other, so that each issue meets all kinds, and few of them within a second.
        let number = Int64((change / 10 + change % 10 * 3) % state.issues.count + 1)
        let comment = state.comments.first { $0.issue == number }?.comment.id
        switch (change % 10, comment) {
        case (0, _): _ = repository.open("Opened \(change)", "Text \(change)", [.label("bug")], by: user, &state)
        case (1, _): repository.edit(number, [.title("Title \(change)")], by: user, &state)
        case (2, _): repository.edit(number, [.body("Text \(change)")], by: user, &state)
        case (3, _): repository.edit(number, [.label("label \(change % 4)"), .assign(.demo)], by: user, &state)
        case (4, _): repository.edit(number, [.assign(.octocat), .unlabel("bug")], by: user, &state)
        case (5, _), (6, nil), (7, nil):
            _ = repository.comment("Comment \(change)", on: number, by: user, &state)
        case (6, let comment?): _ = repository.edit(comment, body: "Comment \(change)", by: user, &state)
        case (7, let comment?): _ = repository.edit(comment, body: nil, by: user, &state)
        case (8, _): repository.edit(number, [.close(change % 3 == 0 ? "not_planned" : "completed")], by: user, &state)
        default: repository.edit(number, [.reopen, .unassign(.octocat)], by: user, &state)
        }
    }

    @Test func `changes in Plane are written to GitHub, and neither Plane nor GitHub is written to because of it`()
        async throws
    {
        let (units, webhook) = (Self.changes / 10, FakeWebhook())
        let repository = OutboundBench.filled(Int64(units), webhook: webhook) { issue in
            (issue.labels, issue.assignees) = ([SampleLabel(3, "bug")], [.octocat])
        }
        try await OutboundBench.run(repository, Self.everything, webhook: webhook) { bench in
            let connection = bench.connection
            try await connection.letHoursPassBetweenWrites()
            var written = 0
            for edits in [Self.firstEdits, Self.secondEdits] {
                for edit in edits { try await connection.change(edit) }
                if written == 0 {
                    for number in 1...units { try await connection.makePlaneIssue("Made in Plane \(number)") }
                    try await connection.change(Self.makeComments)
                }
                let versions = try await connection.planeRowVersions()
                written += units * (written == 0 ? 8 : 2)
                let isWritten = try await eventually(within: .seconds(400)) { [written] in
                    // Nobody waits for a pause in the changes.
                    try await connection.letPass(2)
                    try await Task.sleep(for: .milliseconds(500))
                    return bench.repository.now.writes.count >= written
                }
                #expect(isWritten, "\(bench.repository.now.writes.count) \(bench.worker.program.text.suffix(3_000))")
                try await bench.expectRest(within: .seconds(300))
                #expect(try await connection.planeRowVersions().symmetricDifference(versions) == [])
            }
            let versions = try await connection.planeRowVersions()
            try await bench.importAll()
            try await bench.waitForLooks()
            #expect(try await connection.planeRowVersions().symmetricDifference(versions) == [])
            #expect(try await bench.differences() == [])
            #expect(bench.repository.now.writes.count == Self.changes && bench.repository.now.writesWithoutEffect == 0)
            #expect(bench.repository.now.comments.count == 2 * units - Self.deletions(units))
            #expect(webhook.told >= Self.changes)
        }
    }

    /// Of each issue that GitHub has too: one write of its title, text and state, and one each for a label and a person
    /// who come and go.
    private static let firstEdits: [Query] = [
        """
        update public.issues as i
        set name = i.name || ' of Plane', description_html = '<p>Text of Plane</p>',
            description_stripped = 'Text of Plane', state_id = s.id, completed_at = now()
        from public.states as s
        where s.project_id = i.project_id and s."group" = 'completed'
        """,
        "update public.issue_labels set deleted_at = now()",
        """
        insert into public.labels (
            id, name, color, description, project_id, workspace_id, created_at, updated_at, sort_order
        )
        select gen_random_uuid(), 'from Plane', '#00ff00', '', id, workspace_id, now(), now(), 1
        from public.projects where identifier = 'GH'
        """,
        """
        insert into public.issue_labels (id, issue_id, label_id, project_id, workspace_id, created_at, updated_at)
        select gen_random_uuid(), i.id, l.id, i.project_id, i.workspace_id, now(), now()
        from public.issues as i, public.labels as l where l.name = 'from Plane'
        """,
        """
        update public.issue_assignees as x set assignee_id = a.user_id, id = gen_random_uuid()
        from public.accounts as a where a.provider_account_id = '1000001'
        """,
    ]

    /// One on every issue.
    private static let makeComments: Query = """
        with described as (
            insert into public.descriptions (
                id, description_html, description_json, description_stripped, project_id, workspace_id, created_at,
                updated_at
            )
            select md5('description of ' || id)::uuid, '<p>A comment</p>', '{}', 'A comment', project_id, workspace_id,
                now(), now()
            from public.issues
        )
        insert into public.issue_comments (
            id, issue_id, description_id, comment_html, comment_stripped, comment_json, attachments, access, actor_id,
            created_by_id, project_id, workspace_id, created_at, updated_at
        )
        select gen_random_uuid(), i.id, md5('description of ' || i.id)::uuid, '<p>A comment</p>', 'A comment', '{}',
            '{}', 'INTERNAL', u.id, u.id, i.project_id, i.workspace_id, now(), now()
        from public.issues as i, (select id from public.users where not is_bot order by id limit 1) as u
        """

    /// Of comments on issues that were made in Plane; more at once would wait for approval.
    private static func deletions(_ units: Int) -> Int { min(units, 20) }

    private static let secondEdits: [Query] = [
        """
        update public.issue_comments set deleted_at = now()
        where id in (
            select c.id from public.issue_comments as c
            inner join public.issues as i on i.id = c.issue_id and i.name like 'Made in Plane %'
            order by c.id limit 20
        )
        """,
        """
        update public.issue_comments
        set comment_html = '<p>Another comment</p>', comment_stripped = 'Another comment', edited_at = now()
        where deleted_at is null
        """,
        """
        update public.descriptions set description_html = '<p>Another comment</p>', description_stripped = 'Another comment'
        """,
    ]
}

extension Connection {
    /// Links to the dashboard that Plane shows.
    fileprivate func pageLinkCount() throws -> Int {
        try value(
            """
            select count(*) as value from public.issue_links
            where url like 'https://sync.example.com/issues/acme/rocket/%' and deleted_at is null
            """
        )
    }

    /// Writes to GitHub that are on record.
    fileprivate func sentCount() throws -> Int {
        try value("select count(*) as value from github_sync.github_outbound_log")
    }
}
