import Base
import Database
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsEventsTests {
    /// Five events, oldest last.
    private static func seeds() -> [CommandsSeed] {
        var failed = CommandsSeed(age: 60)
        failed.status = .failed
        failed.error = "boom\u{1B}[2J\nand more"
        var comment = CommandsSeed(age: 120)
        comment.type = .issueComment
        comment.action = "created"
        comment.status = .completed
        comment.result = #"""
            {"outcome": "applied", "projects": [{"project": "GH", "issue": "GH-5", "changes": ["a comment was added"]}]}
            """#
        var other = CommandsSeed(age: 7_200)
        other.repository = "octocat/other"
        other.status = .completed
        var processing = CommandsSeed(age: 90_000)
        processing.status = .processing
        processing.action = nil
        return [CommandsSeed(), failed, comment, other, processing]
    }

    @Test func `the newest come first, each with what came of it`() async throws {
        try await TestDatabase.with { database in
            let seeds = Self.seeds()
            try await database.connection().insert(seeds.shuffled())
            let run = try await CommandsRun.worker(["events"], on: database)
            #expect(run.status == 0)
            #expect(run.errors == "")
            let rows = run.lines.dropFirst()
            #expect(rows.map { String($0.prefix(36)) } == seeds.map(\.id.text))
            #expect(rows.map { $0.contains("failed") } == [false, true, false, false, false])
            #expect(run.output.contains("boom\\u001b[2J\\nand more"))
            #expect(run.output.contains("applied: a comment was added"))
            #expect(!run.output.contains("{"))
            #expect(!run.output.contains("\u{1B}"))
        }
    }

    @Test(arguments: [
        (["--status", "failed"], [1]), (["--status", "pending"], [0]), (["--status", "completed"], [2, 3]),
        (["--status", "processing"], [4]), (["--type", "issue_comment"], [2]), (["--type", "issues"], [0, 1, 3, 4]),
        (["--repository", "OctoCat/Other"], [3]), (["--since", "90s"], [0, 1]), (["--since", "1h"], [0, 1, 2]),
        (["--since", "2000-01-01T00:00:00Z"], [0, 1, 2, 3, 4]), (["--limit", "2"], [0, 1]),
        (["--status", "completed", "--since", "1h", "--type", "issue_comment"], [2]),
    ])
    func `filters narrow the list`(_ words: [String], _ expected: [Int]) async throws {
        try await TestDatabase.with { database in
            let seeds = Self.seeds()
            try await database.connection().insert(seeds)
            let run = try await CommandsRun.worker(["events", "--json"] + words, on: database)
            let ids = try run.lines.map { line in
                (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["id"] as? String
            }
            #expect(ids == expected.map { seeds[$0].id.text })
        }
    }

    @Test func `JSON lines have every key`() async throws {
        try await TestDatabase.with { database in
            try await database.connection().insert(Self.seeds())
            let run = try await CommandsRun.worker(["events", "--json"], on: database)
            #expect(run.lines.count == 5)
            for line in run.lines {
                let json = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
                #expect(
                    Set(json.keys) == [
                        "id", "delivery_id", "event_type", "action", "status", "retry_count", "repository", "number",
                        "sender",
                        "created_at",
                        "updated_at", "error", "result",
                    ]
                )
            }
        }
    }

    @Test func `an empty list is a remark, not a failure`() async throws {
        try await TestDatabase.with { database in
            let table = try await CommandsRun.worker(["events"], on: database)
            #expect(table.status == 0)
            #expect(table.output == "")
            #expect(table.errors == "no events\n")
            let json = try await CommandsRun.worker(["events", "--json"], on: database)
            #expect(json.status == 0)
            #expect(json.output == "")
            #expect(json.errors == "")
        }
    }

    @Test func `a terminal of 80 columns gets ages, a rule, every column and no longer lines`() async throws {
        try await TestDatabase.with { database in
            var seeds = Self.seeds()
            seeds[1].repository = "octocat/" + String(repeating: "long", count: 20)
            try await database.connection().insert(seeds)
            let terminal = try CommandsTerminal("events", on: database)
            #expect(try await terminal.wait() == 0)
            #expect(try await terminal.waitFor(" 1d "))
            #expect(terminal.lines.count == 7)
            #expect(terminal.lines.allSatisfy { $0.count <= 80 })
            #expect(
                terminal.lines.first?.split(separator: " ") == [
                    "id", "age", "event", "status", "outcome", "repository",
                ]
            )
            #expect(terminal.lines.dropFirst().first?.hasPrefix("────") == true)
            #expect(terminal.text.contains("octocat/long"))
            #expect(terminal.text.contains(" applied "))
            #expect(terminal.text.contains("…"))
            #expect(!terminal.text.contains("\u{1B}"))
        }
    }

    @Test func `a narrow terminal gets no longer lines either`() async throws {
        try await TestDatabase.with { database in
            try await database.connection().insert(Self.seeds())
            let terminal = try CommandsTerminal("events", on: database, environment: ["COLUMNS": "30"])
            #expect(try await terminal.wait() == 0)
            #expect(try await terminal.waitFor(" 1d "))
            #expect(terminal.lines.count == 7)
            #expect(terminal.lines.allSatisfy { $0.count <= 30 })
        }
    }

    @Test(arguments: [
        (["TERM": "xterm"], true), (["TERM": "dumb"], false), (["TERM": "xterm", "NO_COLOR": "1"], false),
    ])
    func `only failed is red, where colours are welcome`(
        _ environment: [String: String],
        _ isColoured: Bool
    ) async throws {
        try await TestDatabase.with { database in
            try await database.connection().insert(Self.seeds())
            let terminal = try CommandsTerminal("events", on: database, environment: environment)
            #expect(try await terminal.wait() == 0)
            #expect(try await terminal.waitFor(" 1d "))
            let escapes = terminal.text.components(separatedBy: "\u{1B}").count - 1
            #expect(escapes == (isColoured ? 2 : 0))
            #expect(terminal.text.contains("\u{1B}[31mfailed\u{1B}[0m") == isColoured)
            let json = try CommandsTerminal("events --json", on: database, environment: environment)
            #expect(try await json.wait() == 0)
            #expect(!json.text.contains("\u{1B}"))
        }
    }

    @Test func `as much of either id as one event has names it`() async throws {
        try await TestDatabase.with { database in
            var (one, other, third) = (CommandsSeed(), CommandsSeed(), CommandsSeed())
            one.id = UUID(high: 0x0199_0000_0000_7001, low: 1 << 63)
            other.id = UUID(high: 0x0199_0000_0000_7002, low: 1 << 63)
            third.id = UUID(high: 0x0199_0000_0000_7003, low: 1 << 63)
            (one.delivery, other.delivery, third.delivery) = ("72d3162e-cc78", "72d4%_", "0199ff")
            one.status = .failed
            try await database.connection().insert(one, other, third)
            for name in ["72d3", "01990000-0000-7001"] {
                #expect(try await CommandsRun.worker(["show", name], on: database).output.contains(one.id.text))
            }
            let replayed = try await CommandsRun.worker(["replay", "72d3", one.id.text, one.delivery], on: database)
            #expect(replayed.output == "replayed 1 event\n")
            // A short text may be meant for either, and no character of it stands for others.
            let either = try await CommandsRun.worker(["show", "0199"], on: database)
            #expect(either.errors.contains("\(third.id.text) (delivery 0199ff)"))
            for (name, words) in [("72d", "several events"), ("72d%", "no event"), ("72d3162f", "no event")] {
                let run = try await CommandsRun.worker(["show", name], on: database)
                #expect(run.status == 1)
                #expect(run.errors.hasPrefix("plane-worker: \(words)"))
            }
        }
    }

    @Test func `the short id of a terminal names the event, if it is the only one`() async throws {
        try await TestDatabase.with { database in
            var (one, other) = (CommandsSeed(), CommandsSeed())
            one.status = .failed
            other.id = UUID(high: 0x0199_0000_0000_7001, low: 1 << 63)
            var twin = CommandsSeed()
            twin.id = UUID(high: 0x0199_0000_0000_7001, low: 1 << 63 + 1)
            try await database.connection().insert(one, other, twin)
            let short = String(one.id.text.prefix(18))
            let shown = try await CommandsRun.worker(["show", short], on: database)
            #expect(shown.status == 0)
            #expect(shown.output.contains(one.id.text))
            let replayed = try await CommandsRun.worker(["replay", short], on: database)
            #expect(replayed.output == "replayed 1 event\n")
            for command in ["show", "replay"] {
                let refused = try await CommandsRun.worker([command, "01990000-0000-7001"], on: database)
                #expect(refused.status == 1)
                #expect(refused.errors.contains("several events begin with '01990000-0000-7001': \(other.id.text)"))
                #expect(refused.errors.contains("\(twin.id.text) (delivery \(twin.delivery)), give more of the id"))
            }
        }
    }
}
