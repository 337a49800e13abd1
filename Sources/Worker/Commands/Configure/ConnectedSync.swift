import Base
import Database
import Foundation
import JSON

/// A project that follows a repository, as the operator names it.
struct ConnectedSync: RowDecodable, Equatable {
    /// The github_repository_syncs row.
    let id: UUID
    /// GitHub's number of the repository.
    let githubID: Int64
    let repository: String
    let workspace: String
    let projectID: UUID
    let project: String

    var place: String { "\(workspace)/\(project)" }

    init(row: Row) throws {
        id = try row.get("id")
        githubID = try row.get("github_id")
        repository = try row.get("full_name")
        workspace = try row.get("slug")
        projectID = try row.get("project_id")
        project = try row.get("identifier")
    }

    /// The members that every JSON object about a connection begins with.
    var json: [(String, JSONValue)] {
        [
            ("workspace", .string(workspace)), ("project", .string(project)), ("repository", .string(repository)),
            ("repository_sync_id", .string(id.text)),
        ]
    }
}
