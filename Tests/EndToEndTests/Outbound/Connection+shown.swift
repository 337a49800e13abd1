import Database
import Foundation

extension Connection {
    /// What Plane shows of the issues of one connection.
    func shown(by sync: UUID) throws -> LoopState {
        let rows = try run(
            """
            select v.number, \(LoopState.columns)
            from github_sync.github_issue_versions as v
            inner join public.issues as i on i.id = v.issue_id and i.deleted_at is null
            left join public.states as s on s.id = i.state_id
            where v.repository_sync_id = \(sync) and v.deleted_at is null and v.number is not null
            """
        )
        var state = LoopState()
        for row in rows { try state.add(row) }
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
