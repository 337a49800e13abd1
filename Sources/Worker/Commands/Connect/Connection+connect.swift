import Database
import Foundation

/// What `connect` found or wrote.
struct ConnectedProject: Sendable, Equatable {
    let project: PlaneProject
    let syncID: UUID
    /// What was written, in words; empty when all of it was there already.
    let written: [String]
}

/// The integration of a workspace and the bot user that acts for it.
struct WorkspaceBot: RowDecodable, Equatable {
    let userID: UUID
    let workspaceIntegrationID: UUID

    init(row: Row) throws {
        userID = try row.get("bot_id")
        workspaceIntegrationID = try row.get("link_id")
    }
}

extension Connection {
    /// Writes everything Plane's tables need for a project to follow a repository, in one transaction.
    ///
    /// Rows that are there already are used as they are.
    func connect(
        _ repository: FollowedRepository,
        toProject identifier: String,
        inWorkspace slug: String
    ) throws -> ConnectedProject {
        try transaction { connection in
            let project = try connection.project(identifier, inWorkspace: slug)
            let (bot, madeForBot) = try connection.ensureBot(in: project)
            var written = madeForBot
            if try connection.ensureLabel(by: bot, in: project) { written.append("the label GitHub") }
            let (syncID, change) = try connection.ensureSync(of: repository, by: bot, in: project)
            if let change { written.append(change) }
            return ConnectedProject(project: project, syncID: syncID, written: written)
        }
    }

    /// Finds, revives or makes the connection of a repository to a project.
    /// - Returns: its id, and what was written, in words.
    private func ensureSync(
        of repository: FollowedRepository,
        by bot: WorkspaceBot,
        in project: PlaneProject
    ) throws -> (UUID, change: String?) {
        if let sync = try repositorySync(of: repository, in: project) {
            let oldName = try rename(repository, in: project)
            return (sync, oldName.map { "the repository's new name, until now \($0)" })
        }
        if let sync = try reviveSync(of: repository, by: bot, in: project) {
            try rename(repository, in: project)
            return (sync, "the repository's earlier connection, live again")
        }
        let row = try insertRepository(repository, in: project)
        return (try insertSync(of: row, by: bot, in: project), "the repository and its connection to the project")
    }

    /// Finds the workspace's integration and the bot that acts in the project, or makes what is missing of them.
    ///
    /// A function of the database does this, because making users, tokens and members takes rights that no role of ours
    /// has. The function lets one caller in at a time for each workspace, until the end of the transaction.
    /// - Returns: the bot, and what was written, in words.
    private func ensureBot(in project: PlaneProject) throws -> (WorkspaceBot, written: [String]) {
        let row = try run("select * from github_sync.ensure_bot(\(project.id))")[0]
        let written = [
            ("is_new_integration", "the integration 'github'"),
            ("is_new_bot", "a bot user, its inactive API token and the workspace's integration"),
            ("is_new_in_workspace", "the bot's membership in the workspace"),
            ("is_new_in_project", "the bot's membership in the project"),
        ]
        return (try WorkspaceBot(row: row), written: try written.filter { try row.get($0.0) }.map(\.1))
    }

    /// Makes the label that Plane's own integration gives to synced issues, unless the project has it.
    /// - Returns: whether it was written.
    private func ensureLabel(by bot: WorkspaceBot, in project: PlaneProject) throws -> Bool {
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
