import Foundation
import Shared

extension Connection {
    /// - Returns: whether it was written. It is one row for the whole of Plane, which another workspace may be making
    ///   right now; a deleted one still holds the name and comes back to life.
    func ensureIntegration() throws -> Bool {
        let inserted = try run(
            """
            insert into public.integrations (
                id, created_at, updated_at, title, provider, network, description, author, webhook_url,
                webhook_secret, redirect_url, metadata, verified
            )
            values (gen_random_uuid(), now(), now(), 'GitHub', 'github', 1, '{}', '', '', '', '', '{}', true)
            on conflict (provider) do nothing
            returning id
            """
        )
        guard inserted.isEmpty else { return true }
        let deleted = try run(
            "select id from public.integrations where provider = 'github' and deleted_at is not null"
        )
        guard !deleted.isEmpty else { return false }
        try run("update public.integrations set deleted_at = null, updated_at = now() where provider = 'github'")
        return true
    }

    /// The workspace's integration with its bot user, made if it is missing.
    func ensureBot(in project: PlaneProject) throws -> (WorkspaceBot, isNew: Bool) {
        if let bot = try bot(in: project) { return (bot, false) }
        let integrations = try run("select id from public.integrations where provider = 'github'")
        guard let integrationID: UUID = try integrations.first?.get("id") else {
            throw CommandFailure("the integration 'github' was removed meanwhile: connect again")
        }
        let userID = UUID()
        try insertBotUser(userID)
        let tokenID = try insertToken(of: userID, in: project)
        let rows = try run(
            """
            insert into public.workspace_integrations (
                id, created_at, updated_at, metadata, config, actor_id, api_token_id, integration_id, workspace_id
            )
            values (
                gen_random_uuid(), now(), now(), '{}', '{}', \(userID), \(tokenID), \(integrationID),
                \(project.workspaceID)
            )
            on conflict (workspace_id, integration_id) do update
            set deleted_at = null, updated_at = now(), actor_id = excluded.actor_id,
                api_token_id = excluded.api_token_id
            returning id, actor_id
            """,
            as: WorkspaceBot.self
        )
        return (rows[0], true)
    }

    /// Only a living one: what is live must not hang on something deleted.
    private func bot(in project: PlaneProject) throws -> WorkspaceBot? {
        try run(
            """
            select link.id, link.actor_id
            from public.workspace_integrations as link
            join public.integrations as integration on integration.id = link.integration_id
            join public.users as bot on bot.id = link.actor_id
            join public.api_tokens as token on token.id = link.api_token_id
            where link.workspace_id = \(project.workspaceID) and integration.provider = 'github'
                and link.deleted_at is null and bot.is_active and token.deleted_at is null
            """,
            as: WorkspaceBot.self
        ).first
    }

    /// Nobody can log in as the bot: a password that starts with ! matches nothing.
    private func insertBotUser(_ id: UUID) throws {
        let name = id.text.replacing("-", with: "")
        try run(
            """
            insert into public.users (
                id, password, username, email, display_name, first_name, last_name, avatar,
                date_joined, created_at, updated_at, last_location, created_location,
                is_superuser, is_managed, is_password_expired, is_active, is_staff, is_email_verified,
                is_password_autoset, is_password_reset_required, token, user_timezone, last_login_ip,
                last_logout_ip, last_login_medium, last_login_uagent, is_bot, is_email_valid
            )
            values (
                \(id), '!' || encode(sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'hex'), \(name),
                \(name + "@plane.so"), 'GitHub', 'GitHub', '', '',
                now(), now(), now(), '', '',
                false, false, false, true, false, false,
                true, false, '', 'UTC', '',
                '', 'email', '', true, false
            )
            """
        )
    }

    /// The token a workspace's integration cannot be without; inactive, it opens nothing.
    private func insertToken(of userID: UUID, in project: PlaneProject) throws -> UUID {
        let rows = try run(
            """
            insert into public.api_tokens (
                id, created_at, updated_at, token, label, description, user_type, user_id, workspace_id,
                is_active, is_service, allowed_rate_limit
            )
            values (
                gen_random_uuid(), now(), now(), 'plane_api_' || replace(gen_random_uuid()::text, '-', ''),
                'github sync', '', 1, \(userID), \(project.workspaceID), false, false, '60/min'
            )
            returning id
            """
        )
        return try rows[0].get("id")
    }
}
