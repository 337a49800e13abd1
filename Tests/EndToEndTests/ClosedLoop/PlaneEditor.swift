import Base
import Database
import Foundation
import TestSupport

/// People who edit in Plane, by chance that can be repeated, in the ways in which Plane writes its rows.
struct PlaneEditor: Sendable {
    let connection: Connection
    let project: UUID
    let story: LoopStory
    var dice: SeededGenerator
    private var count = 0
    /// More of them in a few minutes would wait for somebody's approval.
    private var deletionsLeft = 5

    init(_ connection: Connection, of project: UUID, _ story: LoopStory, seed: UInt64) {
        self.connection = connection
        self.project = project
        self.story = story
        dice = SeededGenerator(seed: seed)
    }

    static let labels = ["bug", "both", "only in Plane", "of Plane"]
    private static let states = ["Backlog", "Todo", "In Progress", "Done", "Cancelled"]
    private static let people = ["10000000-0000-4000-8000-000000000001", "10000000-0000-4000-8000-000000000002"]

    /// Changes one field of an issue, or two issues at once.
    mutating func edit(_ issue: LoopTarget, or other: LoopTarget) async throws {
        count += 1
        switch Int.random(in: 0..<10, using: &dice) {
        case 0: try await rewriteHTML(of: issue)
        case 1: try await moveAtOnce([issue, other])
        default:
            switch LoopField.synced.randomElement(using: &dice) ?? .title {
            case .title: try await rename(issue)
            case .state: try await move(issue)
            case .labels: try await changeLabels(of: issue)
            case .body: try await rewrite(issue)
            case .assignees: try await changeAssignees(of: issue)
            case .comments: try await changeComments(of: issue)
            case .issues: try await open()
            }
        }
    }

    /// The web editor numbers its blocks when somebody opens an issue; that is no edit.
    mutating func rewriteHTML(of issue: LoopTarget) async throws {
        story.tell(issue.number, "Plane: blocks numbered")
        try await connection.change(
            """
            update public.issues
            set description_html = regexp_replace(
                    description_html, '<p( data-id="[^"]*")?', '<p data-id="' || gen_random_uuid() || '"', 'g'
                ),
                updated_at = now()
            where id = \(issue.id)
            """
        )
    }

    /// A move from one state to another that means the same to GitHub.
    mutating func moveInsideGroup(_ issue: LoopTarget) async throws {
        story.tell(issue.number, "Plane: moved within its group")
        try await connection.change(
            """
            update public.issues as i set state_id = s.id, updated_at = now()
            from public.states as s, public.states as old
            where i.id = \(issue.id) and old.id = i.state_id and s.project_id = i.project_id
                and s.name in ('Backlog', 'Todo', 'In Progress') and s.id <> old.id
                and old."group" not in ('completed', 'cancelled')
            """
        )
    }

    private mutating func rename(_ issue: LoopTarget) async throws {
        let title = "Plane \(count) of \(issue.number)"
        story.tell(issue.number, "Plane: \(title)")
        story.note(title, .title, of: issue.number, on: .plane)
        if LoopField.hasStaleSaves, Bool.random(using: &dice) {
            try await saveStale(issue, "jsonb_build_object('name', \(title)::text)")
        } else {
            try await connection.change(
                """
                update public.issues
                set name = \(title), updated_at = now(), updated_by_id = \(Self.people[0])::text::uuid
                where id = \(issue.id)
                """
            )
        }
        try await note("name", of: issue)
    }

    private mutating func move(_ issue: LoopTarget) async throws {
        let state = Self.states.randomElement(using: &dice) ?? ""
        story.tell(issue.number, "Plane: \(state)")
        try await connection.change(
            """
            update public.issues as i
            set state_id = s.id, completed_at = case when s."group" = 'completed' then now() end, updated_at = now(),
                updated_by_id = \(Self.people[0])::text::uuid
            from public.states as s
            where i.id = \(issue.id) and s.project_id = i.project_id and s.name = \(state)
            """
        )
        try await note("state", of: issue)
    }

    /// As automation closes issues: `updated_at` stays as it is, and no activity tells of it.
    private mutating func moveAtOnce(_ issues: [LoopTarget]) async throws {
        let state = Self.states.randomElement(using: &dice) ?? ""
        for issue in issues { story.tell(issue.number, "Plane: \(state), in bulk") }
        try await connection.change(
            """
            update public.issues as i
            set state_id = s.id, completed_at = case when s."group" = 'completed' then now() end
            from public.states as s
            where i.id = any(\(issues.map(\.id))) and s.project_id = i.project_id and s.name = \(state)
            """
        )
    }

    /// A PATCH takes all labels off, attaches those that are wanted in the name of who made the issue, and saves it.
    ///
    /// Each of the three is committed by itself. What the sync has attached meanwhile stays, as in Plane.
    private mutating func changeLabels(of issue: LoopTarget) async throws {
        let name = Self.labels.randomElement(using: &dice) ?? ""
        var names: [String] = try await connection.values(
            """
            select l.name as value from public.issue_labels as x
            inner join public.labels as l on l.id = x.label_id
            where x.issue_id = \(issue.id) and x.deleted_at is null and l.deleted_at is null
            """
        )
        if names.contains(name) { names.removeAll { $0 == name } } else { names.append(name) }
        story.tell(issue.number, "Plane: labels \(names.sorted())")
        try await connection.change(
            "update public.issue_labels set deleted_at = now() where issue_id = \(issue.id) and deleted_at is null"
        )
        try await pause(upTo: 20)
        try await connection.change(
            """
            insert into public.issue_labels (
                id, issue_id, label_id, project_id, workspace_id, created_at, updated_at, created_by_id, updated_by_id
            )
            select gen_random_uuid(), i.id, l.id, i.project_id, i.workspace_id, now(), now(), i.created_by_id,
                i.updated_by_id
            from public.issues as i
            inner join public.labels as l
                on l.project_id = i.project_id and l.name = any(\(names)) and l.deleted_at is null
            where i.id = \(issue.id)
            on conflict do nothing
            """
        )
        try await pause(upTo: 20)
        try await connection.change("update public.issues set updated_at = now() where id = \(issue.id)")
        try await note("labels", of: issue)
    }

    private mutating func rewrite(_ issue: LoopTarget) async throws {
        let text = "Text \(count) of Plane"
        story.tell(issue.number, "Plane: \(text)")
        story.note(text, .body, of: issue.number, on: .plane)
        try await connection.change(
            """
            update public.issues as i
            set description_html = t.html, description_stripped = regexp_replace(t.html, '<[^>]*>', '', 'g'),
                updated_at = now()
            from (
                select regexp_replace(description_html, '<p[^>]*>[^<]*</p>$', \("<p>\(text)</p>")) as html
                from public.issues where id = \(issue.id)
            ) as t
            where i.id = \(issue.id)
            """
        )
        try await note("description", of: issue)
    }

    private mutating func changeAssignees(of issue: LoopTarget) async throws {
        let person = Self.people.randomElement(using: &dice) ?? ""
        story.tell(issue.number, "Plane: \(person) assigned, or no longer")
        let gone: [String] = try await connection.values(
            """
            update public.issue_assignees set deleted_at = now()
            where issue_id = \(issue.id) and assignee_id = \(person)::text::uuid and deleted_at is null
            returning id::text as value
            """
        )
        if gone.isEmpty {
            try await connection.change(
                """
                insert into public.issue_assignees (
                    id, issue_id, assignee_id, project_id, workspace_id, created_at, updated_at, created_by_id
                )
                select gen_random_uuid(), i.id, \(person)::text::uuid, i.project_id, i.workspace_id, now(), now(),
                    i.created_by_id
                from public.issues as i where i.id = \(issue.id)
                on conflict do nothing
                """
            )
        }
        try await connection.change("update public.issues set updated_at = now() where id = \(issue.id)")
        try await note("assignees", of: issue)
    }

    /// Only comments that were made in Plane are edited and deleted there.
    private mutating func changeComments(of issue: LoopTarget) async throws {
        let text = "Comment \(count) of Plane"
        let html = "<p>\(text)</p>"
        let own: [UUID] = try await connection.values(
            """
            select id as value from public.issue_comments
            where issue_id = \(issue.id) and deleted_at is null and coalesce(external_source, '') <> 'github'
            order by created_at
            """
        )
        story.tell(issue.number, "Plane: \(html) in a new comment or one of \(own)")
        switch (Int.random(in: 0..<3, using: &dice), own.randomElement(using: &dice)) {
        case (1, let comment?):
            try await connection.change(
                """
                update public.issue_comments
                set comment_html = \(html), comment_stripped = \(text), updated_at = now(), edited_at = now()
                where id = \(comment)
                """,
                """
                update public.descriptions set description_html = \(html), description_stripped = \(text)
                where id = (select description_id from public.issue_comments where id = \(comment))
                """
            )
        case (2, let comment?) where deletionsLeft > 0:
            deletionsLeft -= 1
            try await connection.change(
                "update public.issue_comments set deleted_at = now(), updated_at = now() where id = \(comment)"
            )
        default:
            let description = UUID()
            try await connection.change(
                """
                insert into public.descriptions (
                    id, description_html, description_json, description_stripped, project_id, workspace_id, created_at,
                    updated_at
                )
                select \(description), \(html), '{}', \(text), project_id, workspace_id, now(), now()
                from public.issues where id = \(issue.id)
                """,
                """
                insert into public.issue_comments (
                    id, issue_id, description_id, comment_html, comment_stripped, comment_json, attachments, access,
                    actor_id, created_by_id, project_id, workspace_id, created_at, updated_at
                )
                select gen_random_uuid(), id, \(description), \(html), \(text), '{}', '{}', 'INTERNAL',
                    \(Self.people[0])::text::uuid, \(Self.people[0])::text::uuid, project_id, workspace_id, now(), now()
                from public.issues where id = \(issue.id)
                """
            )
        }
        try await note("comment", of: issue)
    }

    private mutating func open() async throws {
        let (id, title, text) = (UUID(), "Plane opened \(count)", "Text \(count) of Plane")
        try await connection.change(
            "select pg_advisory_xact_lock(github_sync.number_lock_key(\(project)))",
            """
            insert into public.issues (
                id, created_at, updated_at, created_by_id, project_id, workspace_id, state_id, name, description_html,
                description_stripped, description_json, priority, sequence_id, sort_order, is_draft
            )
            select \(id), now(), now(), \(Self.people[0])::text::uuid, s.project_id, s.workspace_id, s.id, \(title),
                \("<p>\(text)</p>"), \(text), '{}', 'none',
                (select max(sequence) + 1 from public.issue_sequences where project_id = s.project_id), 1, false
            from public.states as s
            where s.project_id = \(project) and s."default"
            """,
            """
            insert into public.issue_sequences (
                id, sequence, deleted, issue_id, project_id, workspace_id, created_at, updated_at
            )
            select gen_random_uuid(), sequence_id, false, id, project_id, workspace_id, now(), now()
            from public.issues where id = \(id)
            """
        )
        story.tell(0, "Plane: \(title)")
    }

    /// A save of a row as it was read a while ago, with one change.
    private mutating func saveStale(_ issue: LoopTarget, _ change: Query) async throws {
        let row: String = try await connection.value(
            "select (to_jsonb(i) || \(change))::text as value from public.issues as i where id = \(issue.id)"
        )
        try await Task.sleep(for: .milliseconds(100))
        try await connection.change(
            """
            update public.issues as i
            set name = r.name, description_html = r.description_html, description_stripped = r.description_stripped,
                state_id = r.state_id, completed_at = r.completed_at, priority = r.priority, parent_id = r.parent_id,
                sort_order = r.sort_order, updated_at = now()
            from jsonb_populate_record(null::public.issues, \(row)::text::jsonb) as r
            where i.id = \(issue.id)
            """
        )
    }

    /// The activity comes a moment later, and so does another `updated_at`.
    private mutating func note(_ field: String, of issue: LoopTarget) async throws {
        try await pause(upTo: 100)
        try await connection.change(
            """
            insert into public.issue_activities (
                id, verb, field, comment, attachments, issue_id, project_id, workspace_id, actor_id, epoch, created_at,
                updated_at
            )
            select gen_random_uuid(), 'updated', \(field), 'updated the ' || \(field), '{}', id, project_id,
                workspace_id, \(Self.people[0])::text::uuid, extract(epoch from now()), now(), now()
            from public.issues where id = \(issue.id)
            """,
            "update public.issues set updated_at = now() where id = \(issue.id)"
        )
    }

    private mutating func pause(upTo milliseconds: Int) async throws {
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...milliseconds, using: &dice)))
    }
}
