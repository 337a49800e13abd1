import Base
import Database
import Foundation
import Inspect

/// The connection that `disconnect` ended, or that had ended before.
struct EndedConnection: Sendable, Equatable {
    /// GitHub's number of the repository.
    let githubID: Int64
    /// False when the connection had ended before.
    let isNew: Bool
    let since: Timestamp
    /// How many issues were synced over it.
    let issues: Int
    /// The projects that still follow the repository.
    let others: [String]
}

extension Connection {
    /// Marks the connection of a repository to a project as deleted, as Plane does.
    /// - Throws: `CommandFailure` with the candidates when there never was such a connection.
    func disconnect(_ filter: SyncFilter, from repository: String) throws -> EndedConnection {
        try transaction { connection in
            guard let sync = try connection.connectedSyncs(filter).first else {
                if let earlier = try connection.endedConnection(filter) { return earlier }
                let sync = try connection.connectedSync(filter, of: repository)
                throw CommandFailure("\(sync.repository) was connected to \(sync.place) meanwhile: disconnect again")
            }
            try connection.lockSettings(of: sync)
            let rows = try connection.run(
                """
                with repository as (
                    update public.github_repositories as repository
                    set deleted_at = now(), updated_at = now()
                    from public.github_repository_syncs as sync
                    where sync.id = \(sync.id) and repository.id = sync.repository_id
                )
                update public.github_repository_syncs as sync
                set deleted_at = now(), updated_at = now()
                where sync.id = \(sync.id)
                returning deleted_at, (
                    select count(*) from github_sync.github_issue_versions as v
                    where v.repository_sync_id = sync.id and v.deleted_at is null and v.github_updated_at is not null
                ) as issues
                """
            )
            return EndedConnection(
                githubID: sync.githubID,
                isNew: true,
                since: try rows[0].get("deleted_at"),
                issues: try rows[0].get("issues"),
                others: try connection.followers(of: sync.githubID)
            )
        }
    }

    /// The projects that follow a repository, under whatever name they know it.
    private func followers(of githubID: Int64) throws -> [String] {
        try connectedSyncs(SyncFilter(repository: nil)).filter { $0.githubID == githubID }.map(\.place)
    }

    /// The connection that ended last; nil when there never was one.
    private func endedConnection(_ filter: SyncFilter) throws -> EndedConnection? {
        try run(
            """
            select sync.deleted_at, repository.repository_id
            from public.github_repository_syncs as sync
            join public.github_repositories as repository on repository.id = sync.repository_id
            join public.projects as project on project.id = sync.project_id
            join public.workspaces as workspace on workspace.id = project.workspace_id
            where sync.deleted_at is not null
                and lower(repository.owner || '/' || repository.name) = lower(\(filter.repository))
                and workspace.slug = \(filter.workspace) and upper(project.identifier) = upper(\(filter.project))
            order by sync.deleted_at desc
            limit 1
            """
        ).first.map { row in
            EndedConnection(
                githubID: try row.get("repository_id"),
                isNew: false,
                since: try row.get("deleted_at"),
                issues: 0,
                others: try followers(of: row.get("repository_id"))
            )
        }
    }
}
