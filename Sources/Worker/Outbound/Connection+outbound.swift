import Database
import Deliveries
import Foundation
import GitHubClient
import Queue
import Sync

/// The issue is no longer as it was when it was compared, so it has to be compared again.
struct IssueChanged: Error {}

extension Connection {
    /// Stores what is about to be sent, before it is.
    /// - Throws: `LostClaim`, `IssueChanged`.
    func intend(_ agreement: IssueAgreement, for issue: OutboundIssue, _ object: OutboundObject, token: UUID) throws {
        try transaction { connection in
            let stored = agreement.storing(of: object.planeID, in: object.repositorySyncID, at: issue.version)
            let (_, isCurrent) = try connection.run(Self.fence(object, token), stored)
            guard isCurrent else { throw IssueChanged() }
            try connection.runAndCommit(.running([]))
        }
    }

    /// Ends an attempt, and stores what GitHub showed in it; what changed in Plane meanwhile is due again.
    /// - Throws: `LostClaim`; `IssueChanged` when there is an agreement to store that is out of date.
    func finish(
        _ object: OutboundObject,
        _ outcome: Outcome,
        token: UUID,
        _ compared: ComparedIssue? = nil
    ) throws {
        try transaction { connection in
            try connection.run(Self.fence(object, token))
            if let compared {
                let (issue, agreement) = (compared.issue, compared.agreement)
                let stored = agreement.storing(of: object.planeID, in: object.repositorySyncID, at: issue.version)
                if agreement != issue.agreement, !(try connection.run(stored)) { throw IssueChanged() }
                let place = try connection.connections(of: [issue.repositoryID])[issue.repositoryID] ?? .unconnected
                if place != .unconnected {
                    _ = try connection.run(
                        Self.storing([DeliveryRow(compared.shown, repositorySync: place.onlySync)])
                    )
                }
            }
            let again: Query = """
                update github_sync.github_outbound
                set status = 'pending', run_at = changed_at + interval '5 seconds', created_at = changed_at,
                    processed_at = null
                where id = \(object.id) and status = 'completed' and changed_at > claimed_at
                """
            let queries = Self.finishQueries([(object.id, outcome)], token: token, in: .outbound) + [again]
            try connection.runAndCommit(.running(queries))
        }
    }

    private static func fence(_ object: OutboundObject, _ token: UUID) -> Read<Void> {
        Read(fence([object.id], token: token, in: .outbound)) { rows in
            guard !rows.isEmpty else { throw LostClaim(stillOwned: []) }
        }
    }
}

/// An issue that was compared, and what GitHub showed of it last.
struct ComparedIssue: Sendable {
    let issue: OutboundIssue
    /// On what both sides agree by now.
    let agreement: IssueAgreement
    let shown: Delivery
}
