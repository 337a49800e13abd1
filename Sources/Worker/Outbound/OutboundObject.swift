import Base
import Database
import Foundation
import Queue

extension QueueTable {
    /// Objects in Plane that differ from what both sides agreed on.
    package static let outbound = QueueTable(
        "github_sync",
        "github_outbound",
        key: "id",
        labels: ["kind", "repository_sync_id", "plane_id"]
    )
}

/// An object that this process holds under a claim token.
package struct OutboundObject: Sendable, Identifiable, RowDecodable {
    package let id: UUID
    let repositorySyncID: UUID
    /// Plane's key.
    let planeID: UUID
    /// Attempts that failed in a row.
    let retries: Int

    package init(row: Row) throws {
        id = try row.get("id")
        repositorySyncID = try row.get("repository_sync_id")
        planeID = try row.get("plane_id")
        retries = try row.get("retry_count")
    }

    package var logKeys: Log.Keys { [.object: planeID.text] }
}

/// An object that was taken back from a worker whose lease ran out.
package struct RescuedObject: Sendable, RowDecodable {
    private let planeID: UUID
    private let status: String

    package init(row: Row) throws {
        planeID = try row.get("plane_id")
        status = try row.get("status")
    }

    package var logKeys: Log.Keys { [.object: planeID.text, .status: status] }
}

extension Connection {
    /// Takes the object that is due longest.
    package func claimObject(worker: String, lease: Duration, token: UUID) throws -> OutboundObject? {
        try run(
            Self.claimQuery(
                from: .outbound,
                limit: 1,
                worker: worker,
                lease: lease,
                maxRetries: IssueSender.attempts,
                token: token
            )
        ).map(OutboundObject.init).first
    }
}
