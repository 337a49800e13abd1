import Foundation
import Shared

/// The integration of a workspace and the bot user that acts for it.
struct WorkspaceBot: RowDecodable, Equatable {
    let userID: UUID
    let workspaceIntegrationID: UUID

    init(userID: UUID, workspaceIntegrationID: UUID) {
        self.userID = userID
        self.workspaceIntegrationID = workspaceIntegrationID
    }

    init(row: Row) throws {
        userID = try row.get("actor_id")
        workspaceIntegrationID = try row.get("id")
    }
}
