import Database
import Foundation

/// A GitHub repository that a project of the demo workspace follows, with the rows Plane needs for it.
package struct ConnectedRepository: Sendable, Equatable {
    /// GitHub's id.
    package let id: Int64
    package let fullName: String
    /// The github_repository_syncs row.
    package let syncID: UUID

    /// Projects of `sql/plane/demo.sql`.
    package enum Project: String, Sendable, CaseIterable {
        case demo = "30000000-0000-4000-8000-000000000001"
        case second = "30000000-0000-4000-8000-000000000002"

        /// Plane's key.
        package var id: UUID {
            guard let id = UUID(uuidString: rawValue) else { preconditionFailure("\(rawValue) is no key") }
            return id
        }
    }

    fileprivate static let workspace = "20000000-0000-4000-8000-000000000001"
    /// The bot that acts for the connection.
    package static let bot = "50000000-0000-4000-8000-000000000001"
    fileprivate static let integration = "50000000-0000-4000-8000-000000000002"
    fileprivate static let apiToken = "50000000-0000-4000-8000-000000000003"
    fileprivate static let workspaceIntegration = "50000000-0000-4000-8000-000000000004"
}

extension Connection {
    /// Connects a repository to a project; the bot and its integration come with the first.
    package func connectRepository(
        _ id: Int64,
        _ fullName: String,
        to project: ConnectedRepository.Project = .demo
    ) throws -> ConnectedRepository {
        try connectRepository(id, fullName, to: project.id)
    }

    package func connectRepository(_ id: Int64, _ fullName: String, to project: UUID) throws -> ConnectedRepository {
        let repository = ConnectedRepository(id: id, fullName: fullName, syncID: UUID())
        let row = UUID()
        let parts = fullName.split(separator: "/", maxSplits: 1)
        try transaction { connection in
            try connection.addIntegration()
            try connection.addBot(to: project)
            try connection.run([
                """
                insert into public.github_repositories (
                    id, repository_id, owner, name, url, config, project_id, workspace_id,
                    created_by_id, created_at, updated_at
                )
                values (
                    \(row), \(id), \(String(parts.first ?? "")), \(String(parts.last ?? "")),
                    \("https://github.com/\(fullName)"), '{}', \(project),
                    \(ConnectedRepository.workspace)::text::uuid, \(ConnectedRepository.bot)::text::uuid, now(), now()
                )
                """,
                """
                insert into public.github_repository_syncs (
                    id, repository_id, actor_id, workspace_integration_id, credentials, project_id, workspace_id,
                    created_by_id, created_at, updated_at
                )
                values (
                    \(repository.syncID), \(row), \(ConnectedRepository.bot)::text::uuid,
                    \(ConnectedRepository.workspaceIntegration)::text::uuid, '{}', \(project),
                    \(ConnectedRepository.workspace)::text::uuid, \(ConnectedRepository.bot)::text::uuid, now(), now()
                )
                """,
            ])
        }
        return repository
    }

    /// Removes a connection as Plane does: softly.
    package func disconnect(_ repository: ConnectedRepository) throws {
        try run("update public.github_repository_syncs set deleted_at = now() where id = \(repository.syncID)")
    }

    private func addIntegration() throws {
        try run([
            """
            insert into public.users (
                id, username, email, display_name, first_name, last_name, password, avatar, token,
                date_joined, created_at, updated_at, is_active, is_bot, is_email_valid, is_email_verified,
                is_managed, is_password_autoset, is_password_expired, is_password_reset_required, is_staff,
                is_superuser, user_timezone, created_location, last_location, last_login_ip, last_login_medium,
                last_login_uagent, last_logout_ip
            )
            values (
                \(ConnectedRepository.bot)::text::uuid, 'github-bot', 'github-bot@plane.so', 'GitHub', 'GitHub', '',
                '!', '', '', now(), now(), now(), true, true, false, false, false, true, false, false, false,
                false, 'UTC', '', '', '', 'email', '', ''
            )
            on conflict do nothing
            """,
            """
            insert into public.integrations (
                id, title, provider, network, description, author, webhook_url, webhook_secret, redirect_url,
                metadata, verified, created_at, updated_at
            )
            values (
                \(ConnectedRepository.integration)::text::uuid, 'GitHub', 'github', 2, '{}', 'Plane', '', '', '',
                '{}', true, now(), now()
            )
            on conflict do nothing
            """,
            """
            insert into public.api_tokens (
                id, token, label, user_type, user_id, workspace_id, description, is_active, is_service,
                allowed_rate_limit, created_at, updated_at
            )
            values (
                \(ConnectedRepository.apiToken)::text::uuid, 'not-a-credential', 'GitHub', 1,
                \(ConnectedRepository.bot)::text::uuid, \(ConnectedRepository.workspace)::text::uuid, '', false, false,
                '60/min', now(), now()
            )
            on conflict do nothing
            """,
            """
            insert into public.workspace_integrations (
                id, workspace_id, integration_id, actor_id, api_token_id, metadata, config, created_at, updated_at
            )
            values (
                \(ConnectedRepository.workspaceIntegration)::text::uuid, \(ConnectedRepository.workspace)::text::uuid,
                \(ConnectedRepository.integration)::text::uuid, \(ConnectedRepository.bot)::text::uuid,
                \(ConnectedRepository.apiToken)::text::uuid, '{}', '{}', now(), now()
            )
            on conflict do nothing
            """,
        ])
    }

    private func addBot(to project: UUID) throws {
        try run([
            """
            insert into public.workspace_members (
                id, workspace_id, member_id, role, is_active, view_props, default_props, issue_props,
                explored_features, getting_started_checklist, tips, created_at, updated_at
            )
            select
                gen_random_uuid(), \(ConnectedRepository.workspace)::text::uuid, \(ConnectedRepository.bot)::text::uuid,
                20, true, '{}', '{}', '{}', '{}', '{}', '{}', now(), now()
            where not exists (
                select from public.workspace_members where member_id = \(ConnectedRepository.bot)::text::uuid
            )
            """,
            """
            insert into public.project_members (
                id, workspace_id, project_id, member_id, role, is_active, view_props, default_props, preferences,
                sort_order, created_at, updated_at
            )
            select
                gen_random_uuid(), \(ConnectedRepository.workspace)::text::uuid, \(project),
                \(ConnectedRepository.bot)::text::uuid, 20, true, '{}', '{}', '{}', 65535, now(), now()
            where not exists (
                select from public.project_members
                where project_id = \(project)
                    and member_id = \(ConnectedRepository.bot)::text::uuid
            )
            """,
        ])
    }
}
