import Database
import Foundation
import Sync

/// An object of Plane's that its webhook named; what has become of it is not known.
package struct Wake: Sendable, RowDecodable {
    let kind: PlaneMark.Kind
    let planeID: UUID
    /// As PostgreSQL writes it, to the microsecond: it may be named again meanwhile.
    fileprivate let receivedAt: String

    package init(row: Row) throws {
        kind = try row.get("kind")
        planeID = try row.get("plane_id")
        receivedAt = try row.get("received_at")
    }
}

extension Connection {
    /// Objects that Plane's webhook named and nobody has looked at yet; at most a thousand.
    package func wakes() throws -> [Wake] {
        try run(
            """
            select kind, plane_id, received_at::text as received_at from github_sync.github_outbound_wakes
            order by received_at limit 1000
            """,
            as: Wake.self
        )
    }

    /// Takes away what was looked at, and leaves what was named again since; in a moment, because plane-ingest waits for
    /// the rows.
    package func remove(_ wakes: [Wake]) throws {
        guard !wakes.isEmpty else { return }
        try run(
            """
            delete from github_sync.github_outbound_wakes as w
            using unnest(
                \(wakes.map(\.kind)), \(wakes.map(\.planeID)), \(wakes.map(\.receivedAt))
            ) as n (kind, plane_id, received_at)
            where w.kind = n.kind and w.plane_id = n.plane_id and w.received_at = n.received_at::timestamptz
            """
        )
    }
}
