import Base
import Database
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsReplayTests {
    private static func seed(_ status: EventStatus, age: Double = 0) -> CommandsSeed {
        var seed = CommandsSeed(age: age)
        seed.status = status
        seed.error = status == .failed ? "boom" : nil
        seed.result = status == .completed ? "{}" : nil
        return seed
    }

    private static let isFresh: Query = """
        select bool_and(
            retry_count = 0 and crash_count = 0 and run_at between now() - interval '1 minute' and now()
            and claim_token is null and claimed_by is null and lease_until is null and claimed_at is null
            and error_message is null and processed_at is null and result is null
        ) as value
        from github_sync.github_webhook_events where status = 'pending'
        """

    @Test func `named events, failed or completed, are pending again as if new`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let (failed, completed, other) = (Self.seed(.failed), Self.seed(.completed), Self.seed(.failed))
            try await connection.insert(failed, completed, other)
            let run = try await CommandsRun.worker(["replay", failed.id.text, completed.delivery], on: database)
            #expect(run.status == 0)
            #expect(run.output == "replayed 2 events\n")
            #expect(run.errors == "")
            #expect(try await connection.value(Self.isFresh))
            #expect(try await connection.count(.pending) == 2)
            #expect(try await connection.status(of: other.id) == .failed)
        }
    }

    @Test func `what cannot be replayed is said and left as it is`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let (failed, processing, pending) = (Self.seed(.failed), Self.seed(.processing), Self.seed(.pending))
            try await connection.insert(failed, processing, pending)
            let before: String = try await connection.value(
                """
                select string_agg(e::text, ',' order by id) as value
                from github_sync.github_webhook_events as e where status <> 'failed'
                """
            )
            let words = ["replay", processing.id.text, failed.id.text, "nobody", pending.id.text]
            let run = try await CommandsRun.worker(words, on: database)
            #expect(run.status == 1)
            #expect(run.output == "replayed 1 event\n")
            #expect(run.errors.contains("\(processing.id.text): is being processed, not touched"))
            #expect(run.errors.contains("\(pending.id.text): is pending already"))
            #expect(run.errors.contains("nobody: no event has this id or delivery id"))
            #expect(run.errors.hasSuffix("plane-worker: 2 of 4 could not be replayed\n"))
            let after: String = try await connection.value(
                """
                select string_agg(e::text, ',' order by id) as value
                from github_sync.github_webhook_events as e where id <> \(failed.id)
                """
            )
            #expect(after == before)
        }
    }

    @Test func `a filter takes failed events only, and only those it means`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            var comment = Self.seed(.failed, age: 60)
            comment.type = .issueComment
            var other = Self.seed(.failed, age: 60)
            other.repository = "octocat/other"
            let (old, wanted, completed) = (
                Self.seed(.failed, age: 9_000), Self.seed(.failed, age: 60), Self.seed(.completed)
            )
            try await connection.insert(comment, other, old, wanted, completed, Self.seed(.processing))
            let words = ["--status", "failed", "--type", "issues", "--repository", "octocat/hello", "--since", "1h"]
            let run = try await CommandsRun.worker(["replay"] + words, on: database)
            #expect(run.status == 0)
            #expect(run.output == "replayed 1 event\n")
            #expect(try await connection.status(of: wanted.id) == .pending)
            #expect(try await connection.count(.failed) == 3)
            let all = try await CommandsRun.worker(["replay", "--status", "failed", "--json"], on: database).json
            #expect(all["replayed"] as? Int == 3)
            #expect(all["matched"] as? Int == 3)
            #expect(try await connection.count(.completed) == 1)
            #expect(try await connection.count(.processing) == 1)
        }
    }

    @Test func `a dry run counts and changes nothing`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.insert((0..<150).map { Self.seed(.failed, age: Double($0)) })
            let run = try await CommandsRun.worker(["replay", "--status", "failed", "--dry-run"], on: database)
            #expect(run.status == 0)
            #expect(run.lines.last == "would replay 150 events, nothing was changed")
            #expect(run.lines[1].split(separator: " ") == ["issues", "octocat/hello", "150"])
            let ids: [String] = try await connection.values(
                "select id::text as value from github_sync.github_webhook_events limit 2"
            )
            let named = try await CommandsRun.worker(["replay", "--dry-run"] + ids, on: database)
            #expect(named.output == "would replay 2 events, nothing was changed\n")
            let json = try await CommandsRun.worker(
                ["replay", "--status", "failed", "--dry-run", "--json"],
                on: database
            ).json
            #expect(Set(json.keys) == ["dry_run", "matched", "replayed", "processing", "pending", "not_found"])
            #expect(json["dry_run"] as? Bool == true)
            #expect(json["replayed"] as? Int == 0)
            #expect(try await connection.count(.failed) == 150)
        }
    }

    @Test func `more than 100 by filter need --yes where nobody can be asked`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.insert((0..<1_201).map { _ in Self.seed(.failed) })
            let refused = try await CommandsRun.worker(["replay", "--status", "failed"], on: database)
            #expect(refused.status == 1)
            #expect(refused.output == "")
            #expect(refused.errors.hasPrefix("plane-worker: 1201 events match: say --yes"))
            #expect(try await connection.count(.failed) == 1_201)
            // Three batches, the last of them short.
            let run = try await CommandsRun.worker(["replay", "--status", "failed", "--yes"], on: database)
            #expect(run.status == 0)
            #expect(run.output == "replayed 1201 events\n")
            #expect(run.errors == "")
            #expect(try await connection.count(.pending) == 1_201)
            #expect(try await connection.value(Self.isFresh))
        }
    }

    @Test func `exactly 100 go without asking, none is no failure`() async throws {
        try await TestDatabase.with { database in
            try await database.connection().insert((0..<100).map { _ in Self.seed(.failed) })
            let run = try await CommandsRun.worker(["replay", "--status", "failed"], on: database)
            #expect(run.output == "replayed 100 events\n")
            let none = try await CommandsRun.worker(["replay", "--status", "failed"], on: database)
            #expect(none.status == 0)
            #expect(none.output == "replayed 0 events\n")
        }
    }

    @Test func `a text in the error narrows the filter, whatever its case`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            var (deadlock, other, percent) = (Self.seed(.failed), Self.seed(.failed), Self.seed(.failed))
            deadlock.error = "Deadlock Detected"
            percent.error = "100 % of it"
            other.error = nil
            try await connection.insert(deadlock, other, percent)
            let words = ["replay", "--status", "failed", "--error"]
            let dry = try await CommandsRun.worker(words + ["DEADLOCK d", "--dry-run"], on: database)
            #expect(dry.lines.last == "would replay 1 event, nothing was changed")
            // Not a pattern.
            #expect(try await CommandsRun.worker(words + ["100%"], on: database).output == "replayed 0 events\n")
            #expect(try await CommandsRun.worker(words + ["deadlock"], on: database).output == "replayed 1 event\n")
            #expect(try await connection.status(of: deadlock.id) == .pending)
            #expect(try await connection.count(.failed) == 2)
        }
    }

    @Test func `much work tells its tenths where there is no terminal, and a bar where there is one`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let fill: Query = """
                insert into github_sync.github_webhook_events (id, delivery_id, event_type, status, payload)
                select gen_random_uuid(), gen_random_uuid()::text, 'issues', 'failed', '{}'
                from generate_series(1, 6000)
                """
            try await connection.change(fill)
            let run = try await CommandsRun.worker(["replay", "--status", "failed", "--yes"], on: database)
            #expect(run.output == "replayed 6000 events\n")
            let lines = run.errors.split(separator: "\n")
            #expect(lines.first == "replayed 1000 of 6000")
            #expect(lines.last == "replayed 5500 of 6000")
            #expect((8...10).contains(lines.count))
            #expect(try await connection.count(.pending) == 6_000)
            try await connection.change("delete from github_sync.github_webhook_events", fill)
            let terminal = try CommandsTerminal("replay --status failed --yes", on: database)
            #expect(try await terminal.wait() == 0)
            #expect(try await terminal.waitFor("replayed 6000 events"))
            #expect(terminal.text.contains("\r\u{1B}[Kreplayed 3000 of 6000  [##########··········]  50 %"))
        }
    }

    @Test(arguments: [("y\n", EventStatus.pending, Int32(0)), ("n\n", .failed, 1), ("\n", .failed, 1)])
    func `a terminal is asked, and only yes is yes`(
        _ answer: String,
        _ expected: EventStatus,
        _ status: Int32
    ) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.insert((0..<101).map { _ in Self.seed(.failed) })
            let terminal = try CommandsTerminal("replay --status failed", on: database)
            #expect(try await terminal.waitFor("Replay 101 failed events? [y/N] "))
            try terminal.type(answer)
            #expect(try await terminal.wait() == status)
            #expect(try await connection.count(expected) == 101)
        }
    }

    @Test func `an event another session holds is passed over`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let (held, free) = (Self.seed(.failed), Self.seed(.failed))
            try await connection.insert(held, free)
            let holder = database.connection("holder")
            try await holder.runScript(
                "begin; select from github_sync.github_webhook_events where id = '\(held.id.text)' for update",
                within: .seconds(10)
            )
            let run = try await CommandsRun.worker(["replay", "--status", "failed"], on: database)
            try await holder.runScript("rollback", within: .seconds(10))
            #expect(run.output == "replayed 1 event\n")
            #expect(try await connection.status(of: held.id) == .failed)
            #expect(try await connection.status(of: free.id) == .pending)
        }
    }

    @Test func `Ctrl-C ends it between two batches, and running again does the rest`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.insert((0..<1_500).map { _ in Self.seed(.failed) })
            // Each row takes a while, so that the signal meets a batch on its way.
            try await connection.runScript(
                """
                create function public.slow() returns trigger language plpgsql as $$
                begin perform pg_sleep(0.001); return new; end $$;
                create trigger slow before update on github_sync.github_webhook_events
                for each row execute function public.slow()
                """,
                within: .seconds(10)
            )
            let terminal = try CommandsTerminal("replay --status failed --yes", on: database)
            #expect(try await terminal.waitFor("replayed 500 of 1500"))
            try terminal.type("\u{3}")
            #expect(try await terminal.wait() == 1)
            #expect(
                try await terminal.waitFor(
                    "plane-worker: interrupted: 1000 of 1500 replayed, run it again for the rest"
                )
            )
            #expect(try await connection.count(.pending) == 1_000)
            #expect(try await connection.count(.failed) == 500)
            let rest = try await CommandsRun.worker(["replay", "--status", "failed", "--yes"], on: database)
            #expect(rest.output == "replayed 500 events\n")
        }
    }
}
