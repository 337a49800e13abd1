import Database
import Foundation

extension Connection {
    /// What Plane shows of the issues of one connection.
    func shown(by sync: UUID) throws -> LoopState {
        let rows = try run(
            """
            select v.number, i.name, i.description_html,
                case when s."group" in ('completed', 'cancelled') then s."group" else 'open' end::text as state_class,
                coalesce((
                    select string_agg(l.name, ', ' order by l.name collate "C") from public.issue_labels as x
                    inner join public.labels as l on l.id = x.label_id
                    where x.issue_id = i.id and x.deleted_at is null
                ), '') as labels,
                coalesce((
                    select string_agg(u.display_name, ', ' order by u.display_name collate "C")
                    from public.issue_assignees as x
                    inner join public.users as u on u.id = x.assignee_id
                    where x.issue_id = i.id and x.deleted_at is null
                ), '') as assignees,
                array_to_json(array(
                    select c.comment_html from public.issue_comments as c
                    where c.issue_id = i.id and c.deleted_at is null
                ))::text as comments
            from github_sync.github_issue_versions as v
            inner join public.issues as i on i.id = v.issue_id and i.deleted_at is null
            left join public.states as s on s.id = i.state_id
            where v.repository_sync_id = \(sync) and v.deleted_at is null and v.number is not null
            """
        )
        var state = LoopState()
        for row in rows {
            let comments = try JSONDecoder().decode(
                [String].self,
                from: Data(row.get("comments", as: String.self).utf8)
            )
            state.issues[try row.get("number")] = [
                .title: try row.get("name"), .state: try row.get("state_class"), .labels: try row.get("labels"),
                .body: LoopText.line(ofHTML: try row.get("description_html")),
                .assignees: try row.get("assignees"),
                .comments: comments.map(LoopText.line(ofHTML:)).sorted().joined(separator: ", "),
            ]
        }
        return state
    }

    /// The versions of all rows of Plane's in which people see their edits: each changes when its row is written,
    /// even with what it holds already.
    func planeRowVersions() throws -> Set<String> {
        let tables = [
            "issues", "issue_comments", "descriptions", "issue_labels", "issue_assignees", "labels", "states",
            "issue_activities", "issue_sequences",
        ]
        var versions: Set<String> = []
        for table in tables {
            versions.formUnion(
                try values("select \(table) || ' ' || id || ' ' || xmin as value from \(identifier: "public", table)")
            )
        }
        return versions
    }
}

extension OutboundBench {
    /// What GitHub and Plane show differently, of a repository and the connection of a project that follows it.
    func differences(_ repository: Int = 0, _ following: Int = 0) async throws -> [String] {
        let plane = try await connection.shown(by: syncs[following])
        return LoopState(repositories[repository].now).differences(from: plane).map(\.text)
    }
}
