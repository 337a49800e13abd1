import Database
import Foundation

/// A project that follows a repository.
struct Follower: Sendable, Equatable {
    let repositoryID: Int64
    let repositorySyncID: UUID
    let projectID: UUID
    let workspaceID: UUID
    /// The project's prefix, as in `GH-12`.
    let identifier: String
    /// The bot: the Plane user in whose name the sync acts where GitHub's user is not known.
    let botID: UUID
    var settings = SyncSettings()
}

extension Follower: RowDecodable {
    init(row: Row) throws {
        repositoryID = try row.get("repository_id")
        repositorySyncID = try row.get("repository_sync_id")
        projectID = try row.get("project_id")
        workspaceID = try row.get("workspace_id")
        identifier = try row.get("identifier")
        botID = try row.get("bot_id")
        settings = try row.getJSONIfPresent("settings") ?? settings
    }
}

extension Follower {
    var place: Place { Place(projectID: projectID, workspaceID: workspaceID) }

    /// Reads the projects that follow the batch's repositories, with the settings of each.
    static func read(_ batch: SyncBatch, _ targets: PullTargets) -> Read<[Follower]> {
        Read(
            """
            select f.*, s.settings
            from github_sync.followers(\(targets.repositoryIDs.union(batch.repositoryIDs).sorted())) as f
            left join github_sync.github_sync_settings as s on s.repository_sync_id = f.repository_sync_id
            order by f.repository_id, f.repository_sync_id
            """
        )
    }

    /// Says in words why no live project follows these repositories.
    static func absences(of repositories: [Int64]) -> Read<[Int64: String]> {
        Read(
            """
            select
                r.repository_id,
                string_agg(
                    case
                        when s.deleted_at is not null or r.deleted_at is not null then null
                        when p.deleted_at is not null then 'project ' || p.identifier || ' was deleted in Plane'
                        when p.archived_at is not null then 'project ' || p.identifier || ' is archived in Plane'
                    end,
                    ', ' order by p.identifier
                ) as reason
            from public.github_repositories as r
            inner join public.github_repository_syncs as s on s.repository_id = r.id
            inner join public.projects as p on p.id = s.project_id
            where r.repository_id = any(\(repositories))
            group by r.repository_id
            """
        ) { rows in
            try rows.reduce(into: [:]) { $0[try $1.get("repository_id")] = try $1.getIfPresent("reason") }
        }
    }
}

/// The project and workspace that a row belongs to; Plane does not check that they fit the row.
struct Place: Sendable, Hashable {
    let projectID: UUID
    let workspaceID: UUID
}
