import Database
import Foundation

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
}
