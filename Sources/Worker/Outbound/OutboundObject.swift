import Base
import Database
import Foundation
import Queue
import Sync

extension QueueTable {
    /// Objects in Plane that have to be compared with GitHub.
    package static let outbound = QueueTable(
        "github_sync",
        "github_outbound",
        key: "id",
        labels: ["kind", "repository_sync_id", "plane_id"],
        content: ["creation", "approval"]
    )
}

/// An object that this process holds under a claim token.
package struct OutboundObject: Sendable, Identifiable, RowDecodable {
    package let id: UUID
    package let kind: PlaneMark.Kind
    let repositorySyncID: UUID
    /// Plane's key.
    let planeID: UUID
    /// Attempts that failed in a row.
    let retries: Int
    /// Since the first change was found that is not sent yet.
    let age: Duration
    /// What was sent to create it, if nobody knows yet whether it was created.
    let creation: Creation?
    /// Whether a deletion in Plane may go out: a look found it, and it was not one of many or was approved.
    let mayDelete: Bool

    package init(row: Row) throws {
        id = try row.get("id")
        kind = try row.get("kind")
        repositorySyncID = try row.get("repository_sync_id")
        planeID = try row.get("plane_id")
        retries = try row.get("retry_count")
        age = .seconds(max(0, try row.get("age", as: Double.self)))
        creation = try row.getJSONIfPresent("creation")
        mayDelete = try row.getIfPresent("approval", as: String.self) == "given"
    }

    /// An object that nobody holds, to be looked at.
    init(previewing kind: PlaneMark.Kind, _ planeID: UUID, in repositorySyncID: UUID) {
        id = UUID()
        self.kind = kind
        self.repositorySyncID = repositorySyncID
        self.planeID = planeID
        retries = 0
        age = .zero
        creation = nil
        mayDelete = true
    }

    /// Whether its counterpart on GitHub is known, although nothing of it was applied yet.
    var isAdopted: Read<Bool> {
        let (table, column): (Query, Query) =
            kind == .issue ? ("github_issue_versions", "issue_id") : ("github_comment_versions", "comment_id")
        return Read(
            """
            select 1 from github_sync.\(table)
            where repository_sync_id = \(repositorySyncID) and \(column) = \(planeID)
                and born_in_plane and github_updated_at is null and deleted_at is null
            """
        ) { !$0.isEmpty }
    }

    package var logKeys: Log.Keys { [.object: "\(kind.rawValue) \(planeID.text)"] }
}

extension PlaneMark.Kind: SQLValue {}

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
                maxRetries: OutboundSender.attempts,
                token: token
            )
        ).map(OutboundObject.init).first
    }
}
