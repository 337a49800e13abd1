import Base
import Database
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsShowTests {
    private static func seed() -> CommandsSeed {
        var seed = CommandsSeed()
        seed.status = .failed
        seed.error = "first line\nsecond\u{9B}31m"
        seed.result = #"""
            {"outcome": "applied", "projects": [
                {"project": "GH", "issue": "GH-5", "changes": ["created GH-5 in To\u001bdo", "label bug"]}
            ]}
            """#
        // Raw C1 and DEL are legal in JSON text, the escapes only in the type that keeps the exact text.
        seed.payload = "{ \"a\" : \"\\u0000 \\ud800 \u{9B}2J\u{7F}\",\r\n\t\"b\":1.0 }"
        return seed
    }

    @Test func `both ids find the event and all its columns are shown`() async throws {
        try await TestDatabase.with { database in
            let seed = Self.seed()
            let connection = database.connection()
            try await connection.insert(seed)
            let byID = try await CommandsRun.worker(["show", seed.id.text], on: database)
            let byDelivery = try await CommandsRun.worker(["show", seed.delivery], on: database)
            #expect(byID.status == 0)
            #expect(byID.errors == "")
            #expect(byID.output == byDelivery.output)
            let columns: [String] = try await connection.values(
                """
                select column_name::text as value from information_schema.columns
                where table_schema = 'github_sync' and table_name = 'github_webhook_events' and column_name <> 'payload'
                """
            )
            for column in columns { #expect(byID.lines.contains { $0.hasPrefix("\(column) ") }, "\(column)") }
            #expect(byID.output.contains("first line\n                    second\\u009b31m"))
            #expect(byID.output.contains("  applied\n                    created GH-5 in To\\u001bdo, label bug\n"))
            #expect(!byID.output.contains("{"))
            #expect(!byID.output.contains("ud800"))
            #expect(byID.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        }
    }

    @Test func `attempts are told in words, and a result that nobody knows is not shown`() async throws {
        try await TestDatabase.with { database in
            var seed = Self.seed()
            seed.result = #"{"later": true}"#
            let connection = database.connection()
            try await connection.insert(seed)
            try await connection.change(
                """
                update github_sync.github_webhook_events
                set attempts = github_sync.with_attempt(null, 'w1', now(), 'lost', 'the lease ran out')
                """
            )
            let run = try await CommandsRun.worker(["show", seed.id.text], on: database)
            #expect(run.output.contains("Z  Lost with its worker, worker w1  the lease ran out\n"))
            #expect(run.output.contains("in a form that this version does not know, see --json\n"))
            #expect(!run.output.contains("{"))
        }
    }

    @Test func `a role that may not read payloads is shown the rest, and told so`() async throws {
        try await TestDatabase.with { database in
            let seed = Self.seed()
            try await database.connection().insert(seed)
            let run = try await CommandsRun.worker(["show", seed.id.text], on: database, as: .monitor)
            #expect(run.status == 0)
            #expect(run.output.contains("not shown: this role may not read payloads"))
            #expect(run.output.contains(seed.delivery))
            let payload = try await CommandsRun.worker(["show", seed.id.text, "--payload"], on: database, as: .monitor)
            #expect(payload.status == 1)
            #expect(payload.output == "")
            #expect(payload.errors.contains("may not read payloads, a role in plane_sync_worker may"))
        }
    }

    @Test func `the payload comes out byte for byte`() async throws {
        try await TestDatabase.with { database in
            let seed = Self.seed()
            try await database.connection().insert(seed)
            let run = try await CommandsRun.worker(["show", "--payload", seed.id.text], on: database)
            #expect(run.status == 0)
            #expect(Array(run.output.utf8) == Array(seed.payload.utf8))
        }
    }

    @Test func `JSON has every column, and the payload as exact text when asked for`() async throws {
        try await TestDatabase.with { database in
            let seed = Self.seed()
            try await database.connection().insert(seed)
            let plain = try await CommandsRun.worker(["show", seed.id.text, "--json"], on: database).json
            #expect(plain.count == 31)
            #expect(plain["payload"] == nil)
            #expect(plain["error_message"] as? String == seed.error)
            let result = plain["result"] as? [String: Any]
            #expect(result?["outcome"] as? String == "applied")
            #expect((result?["projects"] as? [[String: Any]])?.first?["issue"] as? String == "GH-5")
            let full = try await CommandsRun.worker(["show", seed.id.text, "--json", "--payload"], on: database)
            #expect(try full.json["payload"] as? String == seed.payload)
            #expect(full.lines.count == 1)
            #expect(full.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        }
    }

    @Test func `a terminal never gets the payload's control characters`() async throws {
        try await TestDatabase.with { database in
            let seed = Self.seed()
            try await database.connection().insert(seed)
            let terminal = try CommandsTerminal("show \(seed.id.text) --payload", on: database)
            #expect(try await terminal.wait() == 0)
            #expect(try await terminal.waitFor("\\u009b2J\\u007f"))
            #expect(!terminal.text.unicodeScalars.contains("\u{9B}"))
            #expect(!terminal.text.unicodeScalars.contains("\u{7F}"))
        }
    }

    @Test(arguments: ["nothing", "00000000-0000-4000-8000-000000000000", "'; drop table x; --"])
    func `an id nobody has is a failure`(_ id: String) async throws {
        try await TestDatabase.with { database in
            let run = try await CommandsRun.worker(["show", id], on: database)
            #expect(run.status == 1)
            #expect(run.output == "")
            #expect(run.errors == "plane-worker: no event has the id or delivery id '\(id)'\n")
        }
    }

    @Test func `a terminal gets broken lines and ages, and no control character`() async throws {
        try await TestDatabase.with { database in
            var seed = Self.seed()
            seed.error =
                "\u{1B}]0;title\u{7} " + String(repeating: "word ", count: 100) + String(repeating: "x", count: 200)
            try await database.connection().insert(seed)
            let terminal = try CommandsTerminal("show \(seed.id.text)", on: database, environment: ["TERM": "xterm"])
            #expect(try await terminal.wait() == 0)
            #expect(try await terminal.waitFor("created GH-5"))
            #expect(terminal.lines.allSatisfy { $0.count <= 80 })
            #expect(terminal.text.contains("s ago)"))
            #expect(terminal.text.contains("\\u001b]0;title\\u0007"))
            #expect(!terminal.text.contains("\u{1B}"))
            #expect(terminal.text.filter { $0 == "x" }.count >= 200)
        }
    }
}
