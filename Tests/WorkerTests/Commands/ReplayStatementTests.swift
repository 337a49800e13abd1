import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Inspect
@testable import Worker

struct ReplayStatementTests {
    /// The command looks before it writes; what a worker claims in between is the statement's own business.
    @Test(arguments: [(EventStatus.processing, false), (.pending, false), (.completed, true), (.failed, true)])
    func `only a finished event is touched, whatever is asked for`(
        _ status: EventStatus,
        _ isReplayed: Bool
    ) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let id = UUID()
            try await connection.insert(id, status)
            let before = try await connection.row(id)
            #expect(
                try await connection.replay([id], completedToo: true, by: Operator("test", via: .command))
                    == (isReplayed ? 1 : 0)
            )
            let after = try await connection.row(id)
            #expect((before == after) == !isReplayed)
        }
    }

    @Test func `a filter never reaches a completed event`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let id = UUID()
            try await connection.insert(id, .completed)
            #expect(try await connection.replay([id], completedToo: false, by: Operator("test", via: .command)) == 0)
        }
    }
}

extension Connection {
    fileprivate func insert(_ id: UUID, _ status: EventStatus) throws {
        let isProcessing = status == .processing
        try run(
            """
            insert into github_sync.github_webhook_events (
                id, delivery_id, event_type, status, payload, claim_token, claimed_by, lease_until
            )
            values (
                \(id), \(id.text), 'issues', \(status)::github_sync.event_status, '{}',
                case when \(isProcessing) then gen_random_uuid() end, case when \(isProcessing) then 'w' end,
                case when \(isProcessing) then now() end
            )
            """
        )
    }

    fileprivate func row(_ id: UUID) throws -> String {
        try run("select event::text as text from github_sync.github_webhook_events as event where id = \(id)")[0]
            .get("text")
    }
}
