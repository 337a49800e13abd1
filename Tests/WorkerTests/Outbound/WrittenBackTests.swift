import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Outbound

/// When an object is no longer sent, because somebody seems to change it back each time.
@Suite struct WrittenBackTests {
    /// Runs `body` with an object in hand of which this was sent so many seconds ago, each in an attempt of its own.
    private static func run(
        sent: [(ago: Double, words: [String])] = [],
        writes: Int64 = 0,
        _ body: @Sendable (Connection, OutboundObject, _ token: UUID) async throws -> Void
    ) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rocket = SampleRepository.rocket
            let sync = try await connection.connectRepository(rocket.id, rocket.fullName)
            try await connection.execute(
                """
                insert into github_sync.github_outbound (repository_sync_id, kind, plane_id, result, writes)
                values (\(sync.syncID), 'issue', gen_random_uuid(), '{}', \(writes))
                """
            )
            for (ago, words) in sent {
                try await connection.execute(
                    """
                    insert into github_sync.github_outbound_log (repository_sync_id, kind, plane_id, sent_at, sent)
                    select repository_sync_id, kind, plane_id, now() - make_interval(secs => \(ago)), \(words)
                    from github_sync.github_outbound
                    """
                )
            }
            let (object, token) = try await connection.claimNow()
            try await body(connection, object, token)
        }
    }

    /// Why something is not sent; nil when it is.
    private static func reason(
        _ words: [String],
        _ connection: Connection,
        _ object: OutboundObject,
        _ token: UUID
    ) async throws -> String? {
        do {
            try await connection.intend(words, Read(known: true), object, token: token)
            return nil
        } catch let error as WrittenBack {
            return error.reason
        }
    }

    private static let toAndFro: [(ago: Double, words: [String])] = [
        (1_800, ["title: A", "text"]), (1_200, ["title: A", "text"]), (600, ["title: A", "text", "state: open"]),
    ]

    @Test func `a value that is to be sent for the fourth time in an hour is not sent, and is named`() async throws {
        try await Self.run(sent: Self.toAndFro) { connection, object, token in
            let reason = try await Self.reason(["title: A", "state: open"], connection, object, token)
            #expect(reason == "sent 3 times within an hour, and changed back: title: A")
            #expect(try await Self.reason(["title: B"], connection, object, token) == nil)
            // Of a text nobody knows which one it was.
            #expect(try await Self.reason(["text"], connection, object, token) == nil)
        }
    }

    @Test func `what was sent earlier does not count`() async throws {
        var sent = Self.toAndFro
        sent[0].ago = 3_700
        try await Self.run(sent: sent) { connection, object, token in
            let reason = try await Self.reason(["title: A"], connection, object, token)
            #expect(reason == nil)
        }
    }

    @Test func `what a person has tried again is sent once more`() async throws {
        try await Self.run(sent: Self.toAndFro) { connection, object, token in
            try await connection.execute("update github_sync.github_outbound set result = null")
            #expect(try await Self.reason(["title: A"], connection, object, token) == nil)
        }
    }

    @Test func `more than ten writes in ten minutes are too many, whatever they are`() async throws {
        try await Self.run(writes: 9) { connection, object, token in
            #expect(try await Self.reason(["text"], connection, object, token) == nil)
            let reason = try await Self.reason(["text", "title: B"], connection, object, token)
            #expect(reason?.hasPrefix("more than 10 writes in 10 minutes") == true)
            #expect(reason?.hasSuffix("Now: text, title: B") == true)
            try await connection.execute(
                "update github_sync.github_outbound set writes_since = now() - interval '11 minutes'"
            )
            #expect(try await Self.reason(["text"], connection, object, token) == nil)
        }
    }
}
