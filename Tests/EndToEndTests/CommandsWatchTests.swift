import Database
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsWatchTests {
    private static let terminal = ["TERM": "xterm"]

    /// More of everything than a screen has room for, with the longest names and the largest numbers.
    private static func crowd(_ connection: Connection) async throws {
        var seeds = (0..<12).map { CommandsSeed(age: Double($0) * 100) }
        for index in seeds.indices {
            seeds[index].status = .failed
            seeds[index].error = "\u{1B}[2J日本語 " + String(repeating: "long ", count: 60)
            seeds[index].repository = "octocat/" + String(repeating: "n", count: 80)
        }
        var limited = CommandsSeed(age: 10)
        limited.repository = "octocat/" + String(repeating: "w", count: 90)
        try await connection.insert(seeds + [limited])
        try await connection.change(
            """
            insert into github_sync.github_workers (id, host, process_id, version, concurrency, heartbeat_at)
            select 'worker-with-a-long-name-' || n || repeat('x', 100), 'host', n, '100.200.300', 100000,
                now() - make_interval(mins => n)
            from generate_series(0, 30) as n
            """,
            "insert into github_sync.github_rate_limits (repository_id, per_minute, burst) values (1296269, 60000, 1)",
            """
            update github_sync.github_webhook_events
            set run_at = now() + interval '1 hour', turn_at = now() + interval '1 hour' where id = \(limited.id)
            """
        )
    }

    @Test func `what happens meanwhile is drawn in place, and Ctrl-C gives the terminal back`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let terminal = try CommandsTerminal("status --watch 1", on: database, environment: Self.terminal)
            #expect(try await terminal.waitForScreen("Failures by cause: none"))
            #expect(terminal.text.hasPrefix("\u{1B}[?1049h\u{1B}[?25l"))
            var failed = CommandsSeed()
            failed.status = .failed
            failed.error = "it broke"
            try await connection.insert(failed)
            #expect(try await terminal.waitForScreen("it broke"))
            #expect(terminal.text.contains("\u{1B}[31mit broke\u{1B}[0m"))
            try terminal.type("\u{3}")
            #expect(try await terminal.wait() == 0)
            #expect(terminal.text.hasSuffix("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"))
        }
    }

    @Test func `a screen of 80 by 24 holds it whatever the values, and so does a smaller one`() async throws {
        try await TestDatabase.with { database in
            try await Self.crowd(database.connection())
            let terminal = try CommandsTerminal("status --watch 1", on: database, environment: Self.terminal)
            #expect(try await terminal.waitForScreen("Failures by cause"))
            for (columns, rows) in [(80, 24), (50, 28), (20, 5), (160, 40)] {
                try terminal.resize(columns: columns, rows: rows)
                let fits = try await eventually {
                    let screen = terminal.screen
                    return screen.count <= rows && screen.allSatisfy { $0.cells <= columns }
                        && screen.contains { $0.cells > columns - 14 }
                }
                #expect(fits, "\(columns) by \(rows):\n\(terminal.screen.joined(separator: "\n"))")
                guard rows >= 24 else { continue }
                for words in ["worker-with", "more: 2 running, 29 lost", "octocat/www", "Failures by cause"] {
                    #expect(terminal.screen.contains { $0.contains(words.prefix(columns / 2)) }, "\(words)")
                }
            }
            // Only the program's own sequences: pictures, colours, the other screen.
            #expect(!terminal.text.contains("\u{1B}[2J"))
            terminal.send(SIGTERM)
            #expect(try await terminal.wait() == 0)
            #expect(terminal.text.hasSuffix("\u{1B}[?1049l"))
        }
    }

    @Test(arguments: [["TERM": "xterm", "NO_COLOR": "1"], ["TERM": "xterm", "COLUMNS": "60"]])
    func `colours and columns can be limited`(_ environment: [String: String]) async throws {
        try await TestDatabase.with { database in
            try await Self.crowd(database.connection())
            let terminal = try CommandsTerminal("status --watch 1", on: database, environment: environment)
            #expect(try await terminal.waitForScreen("Failures by cause"))
            #expect(terminal.text.contains("\u{1B}[31m") == (environment["NO_COLOR"] == nil))
            let widest = terminal.screen.map(\.cells).max() ?? 0
            #expect(widest <= (environment["COLUMNS"] == nil ? 80 : 60))
            #expect(widest > 50)
            try terminal.type("\u{3}")
            #expect(try await terminal.wait() == 0)
        }
    }

    @Test func `a database that is away is told on the screen until it is back`() async throws {
        try await TestCluster.with { cluster in
            let database = try cluster.database()
            let terminal = try CommandsTerminal("status --watch 1", on: database, environment: Self.terminal)
            #expect(try await terminal.waitForScreen("Workers: none"))
            try await cluster.stop()
            #expect(try await terminal.waitForScreen("database unavailable"))
            // What was known before stays, with its time.
            #expect(terminal.screen.contains { $0.hasPrefix("as of 2") })
            #expect(terminal.screen.contains("Workers: none"))
            try await cluster.start()
            #expect(try await eventually { !terminal.screen.contains { $0.contains("database unavailable") } })
            // A server that does not answer holds nobody who wants to leave.
            cluster.setFrozen(true)
            terminal.send(SIGINT)
            #expect(try await terminal.wait() == 0)
            #expect(terminal.text.hasSuffix("\u{1B}[?1049l"))
        }
    }

    @Test func `an error that stays ends it, with the terminal as it was`() async throws {
        try await TestDatabase.with { database in
            try await database.connection().change("drop schema github_sync cascade")
            let terminal = try CommandsTerminal("status --watch", on: database, environment: Self.terminal)
            #expect(try await terminal.wait() == 1)
            #expect(try await terminal.waitFor("run plane-worker migrate"))
            #expect(terminal.text.contains("\u{1B}[?25h\u{1B}[?1049l"))
        }
    }

    @Test func `in a pipe it is a block a refresh, with --json a line`() async throws {
        try await TestDatabase.with { database in
            let url = ["DATABASE_URL": database.url(as: .monitor)]
            let blocks = try TestProgram("plane-worker", ["status", "--watch=1"], environment: url)
            #expect(try await eventually { blocks.text.components(separatedBy: "\nQueue\n").count > 2 })
            blocks.send(SIGTERM)
            #expect(try await blocks.wait() == 0)
            #expect(!blocks.text.contains("\u{1B}"))
            let lines = try TestProgram("plane-worker", ["status", "--watch", "1", "--json"], environment: url)
            #expect(try await eventually { lines.text.filter { $0 == "\n" }.count >= 2 })
            lines.send(SIGINT)
            #expect(try await lines.wait() == 0)
            for line in lines.text.split(separator: "\n").prefix(2) {
                let json = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                #expect(json?["queue"] != nil)
            }
        }
    }

    @Test func `without a database the JSON line has the error, and the next may have the figures`() async throws {
        let nowhere = ["DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"]
        let program = try TestProgram("plane-worker", ["status", "--watch", "1", "--json"], environment: nowhere)
        #expect(try await program.waitForOutput("\"error\":\"database unavailable: "))
        program.send(SIGTERM)
        #expect(try await program.wait() == 0)
    }

    @Test(arguments: ["0", "3601", "fast", "-1"])
    func `an interval that cannot be is refused`(_ interval: String) async throws {
        let run = try await CommandsRun.worker(["status", "--watch", interval])
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("plane-worker: --watch is '\(interval)', expected a number from 1 to 3600"))
    }
}

extension String {
    /// Terminal cells, where only these letters take two.
    fileprivate var cells: Int { reduce(0) { $0 + ("日本語".contains($1) ? 2 : 1) } }
}
