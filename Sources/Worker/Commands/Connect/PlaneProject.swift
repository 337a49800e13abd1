import Database
import Foundation

/// A project that a repository can be connected to.
struct PlaneProject: RowDecodable, Equatable {
    let id: UUID
    let identifier: String
    let workspaceID: UUID
    let workspaceSlug: String
    let isArchived: Bool
    /// Whether it has a state an issue can be in: any but those of group triage.
    let hasState: Bool

    init(row: Row) throws {
        id = try row.get("id")
        identifier = try row.get("identifier")
        workspaceID = try row.get("workspace_id")
        workspaceSlug = try row.get("slug")
        isArchived = try row.get("is_archived")
        hasState = try row.get("has_state")
    }
}
