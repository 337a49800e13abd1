import Database
import Foundation

/// What a connect left behind.
struct ConnectedProject: Sendable, Equatable {
    let project: PlaneProject
    let syncID: UUID
    /// What was not there before, in words; empty when everything was.
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
    /// Writes everything Plane's tables need for a project to follow a repository, in one transaction; what is there
    /// already is used as it is.
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

    /// The sync of a repository that the project follows already, or a new one.
    /// - Returns: its id, and in words what was written.
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

    /// The workspace's integration and the bot that acts in the project, made or mended where something of them is
    /// missing.
    ///
    /// A function of the database does it, which has the right to make users, tokens and members that nobody else needs.
    /// It lets one caller in at a time in a workspace, until the end of the transaction.
    /// - Returns: also what was written, in words.
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

    /// The label Plane gave synced issues; the name is unique among a project's living labels.
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
