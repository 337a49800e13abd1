import Base
import Database
import Foundation
import Inspect

/// Plane's webhook of a workspace from which something goes to GitHub, as Plane's tables have it.
struct PlaneHookCheck: Sendable, RowDecodable {
    private static let path = "/api/webhooks/plane"

    private let workspace: String
    /// Nil where none leads to plane-ingest, like the rest.
    private let url: String?
    private let isActive: Bool
    /// Whether it tells of work items and of their comments, as far as comments go out.
    private let tellsAll: Bool

    init(row: Row) throws {
        workspace = try row.get("workspace")
        url = try row.getIfPresent("url")
        isActive = try row.getIfPresent("is_active") ?? false
        tellsAll = try row.getIfPresent("tells_all") ?? false
    }

    /// `isExpected` tells whether plane-ingest has the secret of one; the looks work without it.
    static func findings(isExpected: Bool, _ connection: Connection) async throws -> [Finding] {
        do {
            let hooks = try await connection.run(read, within: .seconds(10))
            return hooks.compactMap { $0.finding(isExpected: isExpected) }
        } catch let error as DatabaseError where ["42501", "42P01"].contains(error.sqlState) {
            return isExpected ? [.notChecked("Plane's webhooks are not shown to this role")] : []
        }
    }

    private func finding(isExpected: Bool) -> Finding? {
        guard url != nil else {
            guard isExpected else { return nil }
            return .warning(
                "PLANE_WEBHOOK_SECRET is set, but no webhook of the workspace \(workspace) leads to \(Self.path)/",
                "add one in Plane's workspace settings; until then the looks find what has changed"
            )
        }
        let name = "Plane's webhook of the workspace \(workspace)"
        guard isActive else {
            return .warning(
                "\(name) is switched off, as Plane does when it cannot reach plane-ingest for a while",
                "see that Plane's worker reaches its URL, then switch it on in Plane"
            )
        }
        guard tellsAll else {
            return .warning("\(name) does not tell of all that goes out", "choose work items and comments in Plane")
        }
        return .ok("\(name) wakes the sync")
    }

    /// One row for each webhook that leads to plane-ingest, and one for each workspace without.
    private static let read = Read(
        """
        with asked as (
            select p.workspace_id, bool_or(o.comments <> 'off') as with_comments
            from github_sync.github_outbound_status as o
            inner join public.github_repository_syncs as s on s.id = o.repository_sync_id and s.deleted_at is null
            inner join public.projects as p on p.id = s.project_id
            where o.issues <> 'off'
            group by p.workspace_id
        )
        select w.slug as workspace, h.url, h.is_active, h.issue and (h.issue_comment or not a.with_comments) as tells_all
        from asked as a
        inner join public.workspaces as w on w.id = a.workspace_id
        left join public.webhooks as h
            on h.workspace_id = a.workspace_id and h.deleted_at is null
                and rtrim(split_part(h.url, '?', 1), '/') like '%' || \(path)
        order by 1, 2
        """,
        as: PlaneHookCheck.self
    )
}
