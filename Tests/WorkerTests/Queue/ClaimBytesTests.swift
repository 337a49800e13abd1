import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Queue
@testable import Worker

/// A claim takes as many bytes as it may, whatever they shrink to in the table.
@Suite struct ClaimBytesTests {
    private static func claim(
        _ connection: Connection,
        bytes: Int,
        oversized: Bool,
        share: Int? = nil
    ) async throws -> [String] {
        let claim = try await connection.claim(
            limit: 64,
            budget: PayloadBudget(total: bytes, share: share ?? bytes, allowsOversized: oversized),
            worker: "w",
            lease: .seconds(60),
            maxRetries: 3
        )
        #expect(claim.bytes <= bytes || claim.events.count == 1)
        return claim.events.map(\.deliveryID).sorted()
    }

    @Test(arguments: ["0", "9"])
    func `payloads that shrink in the table count as what they are`(digit: String) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            // 1 MB each; stored in a 200th of it.
            for number in 1...5 { try await connection.enqueue("\(number)", Self.array(of: digit, bytes: 1_000_000)) }
            #expect(try await Self.claim(connection, bytes: 2_500_000, oversized: true) == ["1", "2"])
            #expect(try await Self.claim(connection, bytes: 2_500_000, oversized: true) == ["3", "4"])
            #expect(try await Self.claim(connection, bytes: 2_500_000, oversized: true) == ["5"])
            #expect(try await connection.statuses() == ["processing"])
        }
    }

    @Test func `one that is larger than a claim is taken alone, and only when it is welcome`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.enqueue("1", Self.array(of: "1", bytes: 3_000_000))
            try await connection.enqueue("2", "{}")
            #expect(try await Self.claim(connection, bytes: 1_000_000, oversized: false) == [])
            #expect(try await connection.statuses() == ["pending"])
            #expect(try await Self.claim(connection, bytes: 1_000_000, oversized: true) == ["1"])
            #expect(try await Self.claim(connection, bytes: 1_000_000, oversized: false) == ["2"])
        }
    }

    @Test func `where all might not fit a claim takes its share, or the first in line`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            for number in 1...5 { try await connection.enqueue("\(number)", Self.array(of: "1", bytes: 1_000_000)) }
            #expect(try await Self.claim(connection, bytes: 5_000_000, oversized: false, share: 100_000) == ["1"])
            let next = try await Self.claim(connection, bytes: 4_000_000, oversized: false, share: 2_100_000)
            #expect(next == ["2", "3"])
            // What certainly fits is not measured, and taken whole.
            #expect(try await Self.claim(connection, bytes: 50_000_000, oversized: false, share: 1) == ["4", "5"])
        }
    }

    @Test func `batches in hand leave less of the budget, and at last nothing`() {
        #expect(PayloadBudget(limit: 100, inHand: 0) == PayloadBudget(total: 100, share: 25, allowsOversized: true))
        #expect(PayloadBudget(limit: 100, inHand: 40) == PayloadBudget(total: 60, share: 25, allowsOversized: false))
        #expect(PayloadBudget(limit: 100, inHand: 75) == PayloadBudget(total: 25, share: 25, allowsOversized: false))
        #expect(PayloadBudget(limit: 100, inHand: 76) == nil)
    }

    @Test func `the payload comes as it was received`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let text = #"{ "a" : "\u0000", "a": [1.0,  "é"] }"#
            try await connection.enqueue("1", text)
            let claim = try await connection.claim(limit: 1, worker: "w", lease: .seconds(60), maxRetries: 3)
            #expect(claim.events.map(\.payload) == [Array(text.utf8)])
        }
    }

    private static func array(of digit: String, bytes: Int) -> String {
        "[\(String(repeating: "\(digit),", count: bytes / 2))\(digit)]"
    }
}

extension Connection {
    fileprivate func enqueue(_ delivery: String, _ payload: String) throws {
        try run(
            """
            insert into github_sync.github_webhook_events (id, delivery_id, event_type, payload, run_at)
            values (
                gen_random_uuid(), \(delivery), 'issues', \(JSONText(Array(payload.utf8))),
                now() - interval '1 hour' + make_interval(secs => \(delivery)::int)
            )
            """
        )
    }

    fileprivate func statuses() throws -> [String] {
        try run("select distinct status::text as status from github_sync.github_webhook_events").map {
            try $0.get("status")
        }
    }
}
