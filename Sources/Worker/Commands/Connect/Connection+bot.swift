import Database
import Foundation

extension Connection {
    /// The workspace's integration and the bot that acts in the project, made or mended where something of them is
    /// missing.
    ///
    /// A function of the database does it, which has the right to make users, tokens and members that nobody else needs.
    /// It lets one caller in at a time in a workspace, until the end of the transaction.
    /// - Returns: also what was written, in words.
    func ensureBot(in project: PlaneProject) throws -> (WorkspaceBot, written: [String]) {
        let row = try run("select * from github_sync.ensure_bot(\(project.id))")[0]
        let written = [
            ("is_new_integration", "the integration 'github'"),
            ("is_new_bot", "a bot user, its inactive API token and the workspace's integration"),
            ("is_new_in_workspace", "the bot's membership in the workspace"),
            ("is_new_in_project", "the bot's membership in the project"),
        ]
        return (try WorkspaceBot(row: row), written: try written.filter { try row.get($0.0) }.map(\.1))
    }

    /// The label Plane gave synced issues; the name is unique among a project's living labels.
    /// - Returns: whether it was written.
    func ensureLabel(by bot: WorkspaceBot, in project: PlaneProject) throws -> Bool {
        try !run(
            """
            insert into public.labels (
                id, created_at, updated_at, created_by_id, name, description, color, sort_order, project_id,
                workspace_id
            )
            select
                gen_random_uuid(), now(), now(), \(bot.userID), 'GitHub',
                'Label to sync Plane issues with GitHub issues', '#003773',
                coalesce(max(sort_order) + 10000, 65535), \(project.id), \(project.workspaceID)
            from public.labels where project_id = \(project.id) and deleted_at is null
            on conflict (project_id, name) where project_id is not null and deleted_at is null do nothing
            returning id
            """
        ).isEmpty
    }
}
