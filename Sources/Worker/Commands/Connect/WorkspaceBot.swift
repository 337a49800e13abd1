import Database
import Foundation

/// The integration of a workspace and the bot user that acts for it.
struct WorkspaceBot: RowDecodable, Equatable {
    let userID: UUID
    let workspaceIntegrationID: UUID

    init(row: Row) throws {
        userID = try row.get("bot_id")
        workspaceIntegrationID = try row.get("link_id")
    }
}
