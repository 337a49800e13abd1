import Foundation
import Shared

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
            // One connect at a time in a workspace: most of these tables have nothing unique to rely on. A statement of
            // its own, so that the following ones see what the last holder committed.
            try connection.run(
                "select pg_advisory_xact_lock(hashtextextended('github-connect:' || \(project.workspaceID.text), 0))"
            )
            var written: [String] = []
            func note(_ done: Bool, _ what: String) { if done { written.append(what) } }

            note(try connection.ensureIntegration(), "the integration 'github'")
            let (bot, isNew) = try connection.ensureBot(in: project)
            note(isNew, "a bot user, its inactive API token and the workspace's integration")
            note(try connection.ensureWorkspaceMember(bot, in: project), "the bot's membership in the workspace")
            note(try connection.ensureProjectMember(bot, in: project), "the bot's membership in the project")
            note(try connection.ensureLabel(by: bot, in: project), "the label GitHub")
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
}
