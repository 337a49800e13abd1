import Database
import Foundation
import GitHub

/// A GitHub repository as Plane's tables keep it.
struct FollowedRepository: Sendable, Equatable {
    /// GitHub's number, which stays when the name changes.
    let id: Int64
    let owner: String
    let name: String

    /// Nil for a name GitHub cannot have given, or too long for the column its address goes to.
    init?(id: Int64, fullName: String) {
        guard id > 0, GitHubRepository.isFullName(fullName) else { return nil }
        let parts = fullName.split(separator: "/")
        self.id = id
        owner = String(parts[0])
        name = String(parts[1])
        guard url.count <= 200 else { return nil }
    }

    var fullName: String { "\(owner)/\(name)" }
    var url: String { "https://github.com/\(fullName)" }
}

extension Connection {
    /// The connection of a repository to a project; nil when there is none or it was deleted.
    func repositorySync(of repository: FollowedRepository, in project: PlaneProject) throws -> UUID? {
        try run(
            """
            select sync.id
            from public.github_repository_syncs as sync
            join public.github_repositories as repository on repository.id = sync.repository_id
            where repository.repository_id = \(repository.id) and sync.project_id = \(project.id)
                and sync.deleted_at is null and repository.deleted_at is null
            order by sync.created_at
            limit 1
            """
        ).first?.get("id")
    }

    /// Stores the new name of a repository that was renamed or moved.
    /// - Returns: the name stored before; nil when it has not changed.
    @discardableResult
    func rename(_ repository: FollowedRepository, in project: PlaneProject) throws -> String? {
        try run(
            """
            with known as (
                select id, owner || '/' || name as full_name
                from public.github_repositories
                where repository_id = \(repository.id) and project_id = \(project.id) and deleted_at is null
                    and (
                        owner <> \(repository.owner) or name <> \(repository.name)
                        or url is distinct from \(repository.url)
                    )
                for update
            )
            update public.github_repositories as repository
            set owner = \(repository.owner), name = \(repository.name), url = \(repository.url), updated_at = now()
            from known
            where repository.id = known.id
            returning known.full_name
            """
        ).first?.get("full_name")
    }

    /// Brings back the connection that was deleted last, so that the issues it made are found again.
    func reviveSync(
        of repository: FollowedRepository,
        by bot: WorkspaceBot,
        in project: PlaneProject
    ) throws -> UUID? {
        let rows = try run(
            """
            with earlier as (
                select sync.id, repository.id as repository_id
                from public.github_repository_syncs as sync
                join public.github_repositories as repository on repository.id = sync.repository_id
                where repository.repository_id = \(repository.id) and sync.project_id = \(project.id)
                order by sync.created_at desc
                limit 1
            ),
            repository as (
                update public.github_repositories as repository
                set deleted_at = null, updated_at = now()
                from earlier
                where repository.id = earlier.repository_id
            )
            update public.github_repository_syncs as sync
            set deleted_at = null, updated_at = now(), actor_id = \(bot.userID),
                workspace_integration_id = \(bot.workspaceIntegrationID),
                label_id = (
                    select id from public.labels
                    where project_id = \(project.id) and name = 'GitHub' and deleted_at is null
                )
            from earlier
            where sync.id = earlier.id
            returning sync.id
            """
        )
        return try rows.first?.get("id")
    }

    func insertRepository(_ repository: FollowedRepository, in project: PlaneProject) throws -> UUID {
        let rows = try run(
            """
            insert into public.github_repositories (
                id, created_at, updated_at, name, url, config, repository_id, owner, project_id, workspace_id
            )
            values (
                gen_random_uuid(), now(), now(), \(repository.name), \(repository.url), '{}', \(repository.id),
                \(repository.owner), \(project.id), \(project.workspaceID)
            )
            returning id
            """
        )
        return try rows[0].get("id")
    }

    func insertSync(of repositoryRow: UUID, by bot: WorkspaceBot, in project: PlaneProject) throws -> UUID {
        let rows = try run(
            """
            insert into public.github_repository_syncs (
                id, created_at, updated_at, credentials, actor_id, label_id, project_id, repository_id, workspace_id,
                workspace_integration_id
            )
            select
                gen_random_uuid(), now(), now(), '{}', \(bot.userID), label.id, \(project.id), \(repositoryRow),
                \(project.workspaceID), \(bot.workspaceIntegrationID)
            from public.labels as label
            where label.project_id = \(project.id) and label.name = 'GitHub' and label.deleted_at is null
            returning id
            """
        )
        guard let row = rows.first else {
            throw CommandFailure("the label GitHub was deleted meanwhile: connect again")
        }
        return try row.get("id")
    }
}
