import Base
import Database
import Foundation
import JSON

/// A project that follows a repository, as the operator names it.
package struct ConnectedSync: RowDecodable, Equatable {
    /// The github_repository_syncs row.
    package let id: UUID
    /// GitHub's number of the repository.
    package let githubID: Int64
    package let repository: String
    package let workspace: String
    package let projectID: UUID
    package let project: String

    package var place: String { "\(workspace)/\(project)" }
    /// How lists and messages name it.
    package var name: String { "\(place), \(repository)" }

    package init(row: Row) throws {
        id = try row.get("id")
        githubID = try row.get("github_id")
        repository = try row.get("full_name")
        workspace = try row.get("slug")
        projectID = try row.get("project_id")
        project = try row.get("identifier")
    }

    /// The members that every JSON object about a connection begins with.
    package var json: [(String, JSONValue)] {
        [
            ("workspace", .string(workspace)), ("project", .string(project)),
            ("repository", .string(repository)),
            ("repository_sync_id", .string(id.text)),
        ]
    }
}

/// Which connections a command is about; nil stands for all.
package struct SyncFilter: Sendable, Equatable {
    package var repository: String?
    package var workspace: String?
    package var project: String?

    package init(repository: String?) { self.repository = repository }
}

extension Connection {
    /// The connections that pass the filter, without deleted ones.
    package func connectedSyncs(_ filter: SyncFilter) throws -> [ConnectedSync] {
        try run(
            """
            select
                sync.id, repository.repository_id as github_id, repository.owner || '/' || repository.name as full_name,
                workspace.slug, project.id as project_id, project.identifier
            from public.github_repository_syncs as sync
            join public.github_repositories as repository on repository.id = sync.repository_id
            join public.projects as project on project.id = sync.project_id
            join public.workspaces as workspace on workspace.id = project.workspace_id
            where sync.deleted_at is null and repository.deleted_at is null and project.deleted_at is null
                and workspace.deleted_at is null
                and (
                    \(filter.repository) is null
                    or lower(repository.owner || '/' || repository.name) = lower(\(filter.repository))
                )
                and (\(filter.workspace) is null or workspace.slug = \(filter.workspace))
                and (\(filter.project) is null or upper(project.identifier) = upper(\(filter.project)))
            order by full_name, slug, identifier, sync.id
            """,
            as: ConnectedSync.self
        )
    }
}
