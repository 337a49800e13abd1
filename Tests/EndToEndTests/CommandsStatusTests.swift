import Database
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsStatusTests {
    private static func fill(_ connection: Connection) async throws {
        var seeds = (0..<3).map { CommandsSeed(age: Double($0) * 100) }
        for number in 0..<8 {
            var failed = CommandsSeed(age: Double(1_000 + number))
            failed.status = .failed
            failed.error = "failure \(number)"
            seeds.append(failed)
        }
        for number in 0..<4 {
            var completed = CommandsSeed(age: number == 3 ? 9_000 : Double(30 + number))
            completed.status = .completed
            seeds.append(completed)
        }
        var processing = CommandsSeed(age: 5)
        processing.status = .processing
        try await connection.insert(seeds + [processing])
        try await connection.change(
            "update github_sync.github_webhook_events set run_at = now() + interval '1 hour' where id = \(seeds[1].id)",
            """
            insert into github_sync.github_workers (id, host, process_id, version, concurrency, heartbeat_at)
            values ('w1', 'host', 1, '0.1.0', 8, now()), ('w2', 'host', 2, '0.1.0', 8, now() - interval '1 hour'),
                ('w3', 'host', 3, '0.1.0', 8, now() - interval '1 month')
            """
        )
    }

    @Test func `one JSON object tells all figures`() async throws {
        try await TestDatabase.with { database in
            try await Self.fill(database.connection())
            let run = try await CommandsRun.worker(["status", "--json"], on: database)
            #expect(run.status == 0)
            #expect(run.errors == "")
            let json = try run.json
            #expect(
                Set(json.keys) == [
                    "at", "queue", "throughput", "rates", "latency", "workers", "fleet", "ingest", "rate_limits",
                    "outbound", "failures", "causes",
                ]
            )
            let queue = try #require(json["queue"] as? [String: Double])
            #expect(queue["pending_due"] == 2)
            #expect(queue["pending_later"] == 1)
            #expect(queue["processing"] == 1)
            #expect(queue["failed"] == 8)
            #expect(queue["completed_last_hour"] == 3)
            #expect((200..<260).contains(queue["oldest_pending_seconds"] ?? 0))
            let latency = try #require(json["latency"] as? [String: Double])
            #expect(latency["events"] == 3)
            #expect(latency["claim_p50"] == 0.25)
            #expect(latency["complete_p99"] == 0.5)
            let minutes = try #require(json["throughput"] as? [[String: Any]])
            #expect(minutes.count == 5)
            #expect(minutes.compactMap { $0["completed"] as? Int }.reduce(0, +) == 3)
            #expect(minutes.compactMap { $0["received"] as? Int }.reduce(0, +) == 7)
            let rates = try #require(json["rates"] as? [String: [String: Double]])
            #expect(rates["last_minute"] == ["received": 5.0 / 60, "completed": 3.0 / 60, "failed": 0])
            #expect(rates["last_5_minutes"] == ["received": 7.0 / 300, "completed": 3.0 / 300, "failed": 0])
            #expect(json["outbound"] is NSNull)
            #expect(json["fleet"] as? [String: Int] == ["running": 1, "lost": 1])
            let workers = try #require(json["workers"] as? [[String: Any]])
            #expect(workers.map { $0["state"] as? String } == ["running", "lost"])
            #expect(workers.map { $0["processing"] as? Int } == [1, 0])
            let failures = try #require(json["failures"] as? [[String: Any]])
            #expect(failures.map { $0["error"] as? String } == (0..<5).map { "failure \($0)" })
            let causes = try #require(json["causes"] as? [[String: Any]])
            #expect(causes.map { $0["error"] as? String } == (0..<5).map { "failure \($0)" })
            #expect(causes.map { $0["events"] as? Int } == [1, 1, 1, 1, 1])
        }
    }

    @Test func `the screen shows the same, within 80 columns of a terminal`() async throws {
        try await TestDatabase.with { database in
            try await Self.fill(database.connection())
            let run = try await CommandsRun.worker(["status"], on: database)
            #expect(run.status == 0)
            #expect(!run.output.contains("\u{1B}"))
            #expect(
                run.lines.prefix(3).map { $0.split(separator: " ").joined(separator: " ") }.joined(separator: "|")
                    == "Queue|due later processing failed completed last hour oldest pending|2 1 1 8 3 3m"
            )
            for words in ["Per second", "Latency", "0.250", "Workers", "lost", "Failures by cause", "failure 0"] {
                #expect(run.output.contains(words))
            }
            let terminal = try CommandsTerminal("status", on: database)
            #expect(try await terminal.wait() == 0)
            #expect(try await terminal.waitFor("failure 4"))
            #expect(terminal.lines.count < 24)
            #expect(terminal.lines.allSatisfy { $0.count <= 80 })
            #expect(terminal.lines.contains { $0.hasPrefix("Per second") && $0.contains("Latency, s") })
        }
    }

    @Test func `failures are told by cause, and each program that is not stopped has a line`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            for error in ["project 12345678 has no state", "project 87654321 has no state", "deadlock"] {
                var failed = CommandsSeed(age: error == "deadlock" ? 700 : 70)
                failed.status = .failed
                failed.error = error
                try await connection.insert(failed)
            }
            try await connection.change(
                """
                insert into github_sync.github_workers
                    (id, host, process_id, version, concurrency, heartbeat_at, stopped_at)
                select 'w' || n, 'host', n, '0.1.0', 8, now() - interval '1 hour', case when n > 1 then now() end
                from generate_series(1, 4) as n
                """,
                """
                insert into github_sync.github_ingest_nodes
                    (id, host, process_id, version, listen, heartbeat_at, stopped_at, spool_records)
                select 'i' || n, 'host', n, '0.1.0', '0.0.0.0:80', now(), case when n > 2 then now() end, n
                from generate_series(1, 3) as n
                """
            )
            let run = try await CommandsRun.worker(["status"], on: database, as: .monitor)
            #expect(run.row(after: "Workers") == "w1 lost 0 8 1h 0.1.0")
            #expect(run.row(after: "w1 ") == "3 stopped")
            #expect(run.output.contains("\n1 stopped\n"))
            let nodes = run.lines.filter { $0.hasPrefix("i") }.map { $0.split(separator: " ") }.sorted { $0[0] < $1[0] }
            #expect(nodes.map { $0.prefix(3) } == [["i1", "running", "1"], ["i2", "running", "2"]])
            let first = try #require(run.row(after: "Failures by cause"))
            #expect(first.hasPrefix("project # has no state 2 1m issues "), "\(run.output)")
            #expect(run.row(after: "project #")?.hasPrefix("deadlock 1 11m issues ") == true)
        }
    }

    @Test func `an empty queue has a screen too`() async throws {
        try await TestDatabase.with { database in
            let run = try await CommandsRun.worker(["status"], on: database)
            #expect(run.status == 0)
            #expect(run.output.contains("Workers: none"))
            #expect(run.output.contains("Failures by cause: none"))
            let json = try await CommandsRun.worker(["status", "--json"], on: database).json
            #expect((json["queue"] as? [String: Any])?["oldest_pending_seconds"] is NSNull)
            #expect((json["latency"] as? [String: Any])?["claim_p50"] is NSNull)
        }
    }

    @Test func `where somebody asked for it, what goes to GitHub is shown`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await Self.fill(connection)
            #expect(try await !CommandsRun.worker(["status"], on: database).output.contains("To GitHub"))
            let rocket = SampleRepository.rocket
            let followed = try await connection.connectRepository(rocket.id, rocket.fullName)
            try await connection.askForOutbound(in: followed)
            let quiet = try await CommandsRun.worker(["status"], on: database)
            #expect(quiet.row(after: "To GitHub") == "1 connection 0 0 0 0 -")

            let objects: [SampleOutbound.Standing] = [.waiting, .sending, .parked, .parked, .sent]
            let deleted = (1...3).map { _ in SampleOutbound(.wantsApproval) }
            try await connection.insert(objects.map { SampleOutbound($0, age: 660) } + deleted, in: followed)
            try await connection.logOutbound(in: followed, ages: [10, 20, 4_000])
            let screen = try await CommandsRun.worker(["status"], on: database)
            #expect(screen.row(after: "To GitHub") == "1 connection 2 2 3 2 11m", "\(screen.output)")
            let json = try await CommandsRun.worker(["status", "--json"], on: database, as: .monitor).json
            var outbound = try #require(json["outbound"] as? [String: Double])
            #expect((660..<720).contains(outbound.removeValue(forKey: "oldest_seconds") ?? 0))
            #expect(
                outbound == [
                    "connections": 1, "waiting": 1, "sending": 1, "parked": 2, "wants_approval": 3,
                    "sent_last_hour": 2,
                ]
            )
            let terminal = try CommandsTerminal("status", on: database)
            #expect(try await terminal.wait() == 0)
            #expect(try await terminal.waitFor("To GitHub"))
            #expect(terminal.lines.count < 24)
            #expect(terminal.lines.allSatisfy { $0.count <= 80 })
            #expect(terminal.lines.contains { $0.contains("oldest waiting") })
        }
    }

    @Test func `millions of completed events are not read`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.insert(CommandsSeed())
            // Rows of long ago, enough for the planner to prefer an index over reading all.
            try await connection.change(
                """
                insert into github_sync.github_webhook_events (
                    id, delivery_id, event_type, status, payload, created_at, processed_at
                )
                select
                    (
                        left(github_sync.first_event_id(received)::text, 14) || '7'
                        || right(gen_random_uuid()::text, 21)
                    )::uuid,
                    'old-' || number, 'issues', 'completed', '{}', received, received
                from generate_series(1, 20000) as number
                cross join lateral (select now() - interval '30 days' + number * interval '1 second') as t (received)
                """
            )
            try await connection.runScript("vacuum analyze github_sync.github_webhook_events", within: .seconds(20))
            try await connection.runScript("select pg_stat_reset()", within: .seconds(5))
            for words in [["status"], ["events", "--status", "failed"], ["events", "--since", "1h"]] {
                #expect(try await CommandsRun.worker(words, on: database).status == 0)
            }
            // A session hands in what it counted before it leaves this list.
            let haveLeft = try await eventually {
                let sessions: Int = try await connection.value(
                    """
                    select count(*) as value from pg_stat_activity
                    where datname = current_database() and application_name like 'plane-worker%'
                    """
                )
                return sessions == 0
            }
            #expect(haveLeft)
            let read: Int = try await connection.value(
                """
                select (seq_tup_read + idx_tup_fetch)::bigint as value
                from pg_stat_user_tables where relname = 'github_webhook_events'
                """
            )
            #expect(read < 20)
        }
    }
}

extension CommandsRun {
    /// The words of the line below the one that begins with `heading`.
    fileprivate func row(after heading: String) -> String? {
        guard let index = lines.firstIndex(where: { $0.hasPrefix(heading) }), index + 1 < lines.count else {
            return nil
        }
        return lines[index + 1].split(separator: " ").joined(separator: " ")
    }
}
