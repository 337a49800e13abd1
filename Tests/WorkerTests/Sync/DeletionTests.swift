import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Text
@testable import Worker

/// What goes with an issue or a comment that is deleted on GitHub.
///
/// The worker works with its own role's rights.
@Suite struct DeletionTests {
    private static var victim: SampleIssue {
        var issue = SampleIssue(12)
        issue.labels = [SampleLabel(1, "bug")]
        return issue
    }

    private static let comment = SampleComment(7)

    /// Two issues with a comment each, and a row of every table that can refer to the first ones.
    private static func withHangers(
        on table: String,
        _ body: @Sendable (SyncBench, [Reference]) async throws -> Void
    ) async throws {
        try await SyncBench.with(checksRules: false) { owner in
            let bench = SyncBench(
                database: owner.database,
                connection: owner.database.connection("worker", as: .worker)
            )
            for (issue, id) in [(victim, comment.id), (SampleIssue(13), 8)] {
                try await owner.deliver(issue.event("created", SampleComment(id)), .issueComment)
            }
            try await bench.drain()
            try await owner.connection.execute(Query(unescapedTextOfOurOwn: Connection.hang))
            let references = try await owner.connection.references(to: table)
            for reference in references { try await owner.connection.hang(reference) }
            try await body(owner, references)
        }
    }

    private static func delete(_ payload: [UInt8], _ event: EventType, _ owner: SyncBench) async throws {
        let id = try await owner.deliver(payload, event)
        let bench = SyncBench(database: owner.database, connection: owner.database.connection("worker", as: .worker))
        try await bench.drain()
        let stored = try await owner.event(id)
        try #require(stored.status == .completed, "\(stored.error ?? "")")
    }

    @Test(arguments: ["deleted", "transferred"])
    func `nothing live of any table hangs on an issue that is gone`(action: String) async throws {
        try await Self.withHangers(on: "issues") { owner, references in
            #expect(references.count >= 24)
            let before = try await owner.connection.liveHangers(references)
            #expect(before.keys.count == references.count)
            try await Self.delete(Self.victim.event(action), .issues, owner)
            #expect(try await owner.connection.liveHangers(references).isEmpty)
        }
    }

    @Test func `nothing live of any table hangs on a comment of an issue that is gone`() async throws {
        try await Self.withHangers(on: "issue_comments") { owner, references in
            try await Self.delete(Self.victim.event("deleted"), .issues, owner)
            #expect(try await owner.connection.liveHangers(references).isEmpty)
        }
    }

    @Test func `nothing live of any table hangs on a comment that is gone`() async throws {
        try await Self.withHangers(on: "issue_comments") { owner, references in
            #expect(references.count >= 4)
            #expect(try await owner.connection.liveHangers(references).keys.count == references.count)
            try await Self.delete(Self.victim.event("deleted", Self.comment), .issueComment, owner)
            #expect(try await owner.connection.liveHangers(references).isEmpty)
            // What hangs on the other one stays.
            #expect(try await owner.comments().count == 1)
        }
    }

    @Test(arguments: [1, 64])
    func `sub-issues go with their parent, but for those that GitHub shows`(batch: Int) async throws {
        try await SyncBench.with { bench in
            for number in Int64(1)...3 { try await bench.deliver(SampleIssue(number).event("opened")) }
            try await bench.drain()
            // GH-2 and GH-4 are sub-issues of GH-1, GH-5 and GH-3 of GH-4, which was made in Plane as GH-5 was.
            for (number, parent) in [(4, 1), (5, 4)] {
                try await bench.connection.createSubIssue(number, of: parent)
            }
            for (number, parent) in [(2, 1), (3, 4)] {
                try await bench.connection.execute(
                    """
                    update public.issues set parent_id = (select id from public.issues where sequence_id = \(parent))
                    where sequence_id = \(number)
                    """
                )
            }
            var edited = SampleIssue(2)
            edited.updatedAt = SampleIssue.time(5)
            edited.title = "Still there"
            try await bench.deliver(SampleIssue(1).event("deleted"))
            try await bench.deliver(edited.event("edited"))
            try await bench.drain(batch: batch)
            #expect(try await bench.issues().map(\.number) == [2, 3])
            #expect(try await bench.issues().map(\.name) == ["Still there", "A title"])
            #expect(try await bench.connection.parents() == [])
        }
    }
}

/// A foreign key to issues or comments.
private struct Reference: Sendable, Hashable {
    let table: String
    let column: String
    let target: String
}

extension Connection {
    /// Makes a live row of `tab` whose column `col` is `target`; what else has to be there gets a value that will do.
    fileprivate static let hang = """
        create function public.hang(tab text, col text, target uuid, own uuid, other_issue uuid, other_comment uuid)
        returns void language plpgsql as $$
        declare
            names text;
            contents text;
        begin
            select
                string_agg(quote_ident(a.attname), ', '),
                string_agg(
                    case
                        when a.attname = col then quote_literal(target)
                        when a.attname = 'id' then 'gen_random_uuid()'
                        when f.refers_to = 'issues' then quote_literal(coalesce(own, other_issue))
                        when f.refers_to = 'issue_comments' then quote_literal(other_comment)
                        when f.refers_to = 'github_issue_syncs' then format(
                            '(select id from public.github_issue_syncs where issue_id = %L)', other_issue
                        )
                        when f.refers_to = 'projects' then
                            '(select project_id from public.issues where external_source = ''github'' limit 1)'
                        when f.refers_to is not null then format('(select id from public.%I limit 1)', f.refers_to)
                        when t.typcategory = 'D' then 'now()'
                        when t.typcategory = 'N' then '1'
                        when t.typcategory = 'B' then 'false'
                        when t.typcategory = 'A' or t.typname = 'jsonb' then '''{}'''
                        when t.typname = 'uuid' then 'gen_random_uuid()'
                        else '''x'''
                    end,
                    ', '
                )
            into names, contents
            from pg_attribute as a
            inner join pg_type as t on t.oid = a.atttypid
            left join lateral (
                select r.relname::text as refers_to
                from pg_constraint as c
                inner join pg_class as r on r.oid = c.confrelid
                where c.conrelid = a.attrelid and c.contype = 'f' and c.conkey = array[a.attnum]
            ) as f on true
            where a.attrelid = ('public.' || tab)::regclass and a.attnum > 0 and not a.attisdropped
                and a.attidentity = '' and (a.attnotnull or a.attname = col);
            execute format('insert into public.%I (%s) values (%s)', tab, names, contents);
        end
        $$
        """

    fileprivate func references(to table: String) throws -> [Reference] {
        try run(
            """
            select r.relname::text as table_name, a.attname::text as column_name
            from pg_constraint as c
            inner join pg_class as r on r.oid = c.conrelid
            inner join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
            where c.contype = 'f' and c.confrelid = ('public.' || \(table))::regclass
                -- History stays, as in Plane.
                and c.conrelid <> 'public.issue_activities'::regclass
            order by 1, 2
            """
        ).map { Reference(table: try $0.get("table_name"), column: try $0.get("column_name"), target: table) }
    }

    /// A live row that refers to the first issue, or its comment, unless there is one.
    fileprivate func hang(_ reference: Reference) throws {
        guard try liveHangers([reference]).isEmpty else { return }
        try run(
            """
            select public.hang(
                \(reference.table), \(reference.column), case when \(reference.target) = 'issues' then i.id else c.id end,
                case when \(reference.target) = 'issues' then null else i.id end, oi.id, oc.id
            )
            from public.github_issue_syncs as s
            inner join public.issues as i on i.id = s.issue_id
            inner join public.issue_comments as c on c.issue_id = i.id and c.external_source = 'github'
            inner join public.github_issue_syncs as os on os.repo_issue_id = 13
            inner join public.issues as oi on oi.id = os.issue_id
            inner join public.issue_comments as oc on oc.issue_id = oi.id and oc.external_source = 'github'
            where s.repo_issue_id = 12
            """
        )
    }

    /// The live rows that refer to the first issue, or its comment.
    fileprivate func liveHangers(_ references: [Reference]) throws -> [Reference: Int] {
        try references.reduce(into: [:]) { found, reference in
            let ids: String =
                reference.target == "issues"
                ? "select issue_id from public.github_issue_syncs where repo_issue_id = 12"
                : "select id from public.issue_comments where external_id = '7'"
            let rows = try run(
                Query(
                    unescapedTextOfOurOwn: """
                        select count(*) as rows from public.\(reference.table)
                        where deleted_at is null and \(reference.column) in (\(ids))
                        """
                )
            )
            let count: Int = try rows[0].get("rows")
            if count > 0 { found[reference] = count }
        }
    }

    fileprivate func createSubIssue(_ number: Int, of parent: Int) throws {
        let id = UUID()
        try run([
            """
            insert into public.issues (
                id, created_at, updated_at, project_id, workspace_id, state_id, name, description_html,
                description_stripped, description_json, priority, sequence_id, sort_order, is_draft, parent_id
            )
            select \(id), now(), now(), project_id, workspace_id, state_id, 'Made in Plane', '<p></p>', '', '{}', 'none',
                \(number), 1, false, id
            from public.issues where sequence_id = \(parent)
            """,
            """
            insert into public.issue_sequences (
                id, created_at, updated_at, project_id, workspace_id, issue_id, sequence, deleted
            )
            select gen_random_uuid(), now(), now(), project_id, workspace_id, id, sequence_id, false
            from public.issues where id = \(id)
            """,
        ])
    }

    /// The live issues that have a parent.
    fileprivate func parents() throws -> [Int] {
        try run("select sequence_id from public.issues where deleted_at is null and parent_id is not null")
            .map { try $0.get("sequence_id") }
    }
}
