import Base
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsUsageTests {
    @Test(arguments: [
        (["help", "nope"], "unknown command 'nope'"),
        (["nope"], "unknown command 'nope', expected one of: run, migrate, connect, status, events, show, log, replay"),
        (["--nope"], "unknown option '--nope'"), (["status", "x"], "unexpected argument 'x'"),
        (["events", "--limit", "0"], "--limit is '0', expected a number from 1 to 10000"),
        (["show"], "ID is missing"), (["replay"], "nothing to replay is named"),
        (["connect"], "--workspace is missing"), (["migrate", "--force"], "unknown option '--force'"),
        (["status"], "DATABASE_URL is not set"),
        (["stauts"], "unknown command 'stauts', did you mean 'status'?"),
        (["usres", "list"], "unknown command 'usres', did you mean 'users'?"),
        (["jobs", "lits"], "unknown command 'jobs lits', did you mean 'jobs list'?"),
        (["jobs", "x"], "expected one of: jobs list, jobs show, jobs cancel"),
        (["events", "--limt", "3"], "unknown option '--limt', did you mean '--limit'?"),
        (["--hlep"], "unknown option '--hlep', did you mean '--help'?"),
    ])
    func `wrong usage is one line on standard error and status 2`(_ words: [String], _ message: String) async throws {
        let run = try await CommandsRun.worker(words)
        #expect(run.status == 2)
        #expect(run.output == "")
        #expect(run.errors.hasPrefix("plane-worker: \(message)"))
        #expect(run.errors.hasSuffix("--help)\n"))
        #expect(run.errors.filter(\.isNewline).count == 1)
    }

    @Test(arguments: [
        ["--help"], ["-h"], ["events", "--help"], ["show", "-h"], ["replay", "--status", "failed", "--help"], ["help"],
        ["help", "events"], ["help", "users", "map"], ["help", "users"], ["users", "-h"],
    ])
    func `help goes to standard output and needs no database`(_ words: [String]) async throws {
        let run = try await CommandsRun.worker(words)
        #expect(run.status == 0)
        #expect(run.output.contains("usage: plane-worker"))
        #expect(run.errors == "")
    }

    @Test func `help about a command is what the command says of itself`() async throws {
        for words in [["run"], ["users", "map"], ["jobs"]] {
            let help = try await CommandsRun.worker(["help"] + words)
            #expect(help.output.hasPrefix("usage: plane-worker \(words.joined(separator: " "))"))
            #expect(try await CommandsRun.worker(words + ["--help"]).output == help.output)
        }
    }

    @Test func `without a command nothing runs and the help is shown as an error`() async throws {
        let run = try await CommandsRun.worker([])
        #expect(run.status == 2)
        #expect(run.output == "")
        #expect(try await CommandsRun.worker(["--help"]).output == run.errors)
    }

    @Test func `a mistyped variable is named with the one that was meant`() async throws {
        let mistake = "DATABASE_ULR is set and not known, did you mean DATABASE_URL?"
        let environment = ["DATABASE_ULR": "x", "GITHUB_ACTIONS": "true"]
        let run = try await CommandsRun.worker(["status"], environment: environment)
        #expect(run.errors.hasPrefix("plane-worker: \(mistake)\nplane-worker: DATABASE_URL is not set"))
        for words in [["run"], ["dashboard"]] {
            let run = try await CommandsRun.worker(words, environment: ["DATABASE_ULR": "x"])
            #expect(run.errors.contains("\"reason\":\"\(mistake)\""))
        }
    }

    @Test func `the program's help names every command and variable`() async throws {
        let text = try await CommandsRun.worker(["--help"]).output
        for word in [
            "run", "migrate", "connect", "status", "events", "show", "replay", "configure",
            "show-config", "users list", "users map", "users unmap", "disconnect", "doctor", "completion", "import",
            "recover",
            "jobs list", "jobs show", "jobs cancel", "outbound list", "outbound retry",
            "DATABASE_URL", "DATABASE_POOLED",
            "WORKER_CONCURRENCY", "WORKER_LEASE", "WORKER_MAX_RETRIES", "WORKER_BACKOFF", "WORKER_METRICS_LISTEN",
            "LOG_LEVEL", "LOG_FORMAT",
        ] {
            #expect(text.contains("\n  \(word) "))
        }
    }

    @Test(arguments: ["version", "--version"]) func `the version is one line`(_ word: String) async throws {
        let run = try await CommandsRun.worker([word])
        #expect(run.output == "plane-worker \(Version.current)\n")
    }

    @Test(arguments: [
        ["migrate"], ["status"], ["events"], ["show", "x"], ["replay", "x"],
        ["connect", "--workspace", "a", "--project", "b", "--repository", "c/d", "--repository-id", "1"],
        ["configure", "--repository", "c/d", "--accept", "all"], ["show-config"], ["users", "list"],
        ["users", "map", "a", "b@c"], ["users", "unmap", "a"],
        ["disconnect", "--workspace", "a", "--project", "b", "--repository", "c/d"],
    ])
    func `a database that is away is one line and status 1`(_ words: [String]) async throws {
        let run = try await CommandsRun.worker(
            words,
            environment: ["DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"]
        )
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(run.errors.hasPrefix("plane-worker: database unavailable: "))
        #expect(run.errors.filter(\.isNewline).count == 1)
    }

    @Test func `a message of several lines is shown as one`() async throws {
        let run = try await CommandsRun.worker(
            ["status"],
            environment: ["DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"]
        )
        #expect(run.errors.contains("Connection refused; Is the server running"))
        #expect(!run.errors.contains("\\t"))
    }

    @Test(arguments: ["migrate", "status", "doctor"])
    func `a wrong password or database is told with what to do`(_ command: String) async throws {
        try await TestDatabase.with { database in
            for (url, advice) in try database.wrongURLs(as: .worker) {
                let run = try await CommandsRun.worker([command], environment: ["DATABASE_URL": url])
                #expect(run.status == 1)
                let text = run.output + run.errors
                #expect(text.contains(advice), "\(text)")
                #expect(!text.contains("hunter2"))
            }
        }
    }

    @Test(arguments: [
        "pg://me:hunter2@host/db?sslmode=require", "postgres://me:hunter2/@host/db", "host=h password=hun hunter2",
        "postgres://me:hunter2@host/db?nope=1",
    ])
    func `a connection string that cannot be read is not printed`(_ url: String) async throws {
        let run = try await CommandsRun.worker(["status"], environment: ["DATABASE_URL": url])
        // 2 where libpq cannot read it, 1 where it reads a host that does not exist.
        #expect(run.status != 0)
        #expect(!run.errors.contains("hunter2"))
        #expect(run.errors.contains("DATABASE_URL"))
    }

    @Test(arguments: [true, false])
    func `nobody reading is no reason to complain`(_ pipeSignalIsIgnored: Bool) async throws {
        try await TestDatabase.with { database in
            try await database.connection().insert((0..<3000).map { _ in CommandsSeed() })
            let trap = pipeSignalIsIgnored ? "trap '' PIPE;" : ""
            let program = try TestEnvironment.programs.appending(path: "plane-worker").path
            let script = "\(trap) { '\(program)' events --limit 3000; echo status $? >&3; } 3>&2 | head -n 1"
            let run = try await CommandsRun.shell(script, on: database)
            #expect(run.output.hasPrefix("id "))
            #expect(run.errors == "status 0\n")
        }
    }
}
