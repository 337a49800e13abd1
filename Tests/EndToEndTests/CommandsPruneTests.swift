import Database
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsPruneTests {
    private static let day: Double = 86_400

    /// One event of each status, of an age in days.
    private static func seeds(days: Double) -> [CommandsSeed] {
        EventStatus.allCases.map { status in
            var seed = CommandsSeed(age: days * day)
            seed.status = status
            return seed
        }
    }

    /// What it prints with --json when it deletes no event and no entry.
    private static func report(isDry: Bool, matched: Int = 0, programs: Int = 0) -> String {
        "{\"dry_run\":\(isDry),\"matched\":\(matched),\"outbound_matched\":0,\"outbound_pruned\":0,"
            + "\"programs\":\(programs),\"pruned\":0}\n"
    }

    @Test func `only finished events of the given age go, whatever else is old`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.insert(Self.seeds(days: 40) + Self.seeds(days: 20))
            let run = try await CommandsRun.worker(["prune", "--older-than", "30d"], on: database)
            #expect(run.status == 0)
            #expect(run.output == "pruned 2 events\n")
            for status in EventStatus.allCases {
                let left = status == .completed || status == .failed ? 1 : 2
                #expect(try await connection.count(status) == left, "\(status)")
            }
        }
    }

    @Test func `more than a batch goes, and a status can be spared`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            var seeds = (0..<1_201).map { _ in CommandsSeed(age: 40 * Self.day) }
            for index in seeds.indices { seeds[index].status = index < 1_200 ? .completed : .failed }
            try await connection.insert(seeds)
            let dry = try await CommandsRun.worker(
                ["prune", "--older-than", "30d", "--status", "completed", "--dry-run", "--json"],
                on: database
            )
            #expect(dry.output == Self.report(isDry: true, matched: 1_200))
            #expect(try await connection.count(.completed) == 1_200)
            let run = try await CommandsRun.worker(
                ["prune", "--older-than", "30d", "--status", "completed"],
                on: database
            )
            #expect(run.output == "pruned 1200 events\n")
            #expect(try await connection.count(.completed) == 0)
            #expect(try await connection.count(.failed) == 1)
        }
    }

    @Test func `programs that ended long ago leave the fleet, those that live or still hold something stay`()
        async throws
    {
        try await TestDatabase.with { database in
            let connection = database.connection()
            var held = CommandsSeed(age: 40 * Self.day)
            held.status = .processing
            try await connection.insert([held])
            try await connection.execute(
                """
                insert into github_sync.github_workers
                    (id, host, process_id, version, concurrency, heartbeat_at, stopped_at)
                select w.id, 'h', 1, '0.1.0', 1, w.heartbeat, w.stopped
                from (
                    values
                        ('lives', now(), null),
                        ('stopped', now() - interval '40 days', now() - interval '40 days'),
                        ('lost', now() - interval '40 days', null),
                        ('stopped lately', now() - interval '2 days', now() - interval '2 days')
                ) as w (id, heartbeat, stopped)
                union all
                select claimed_by, 'h', 1, '0.1.0', 1, now() - interval '40 days', null
                from github_sync.github_webhook_events where status = 'processing'
                """
            )
            try await connection.execute(
                """
                insert into github_sync.github_ingest_nodes (id, host, process_id, version, listen, heartbeat_at)
                values ('node lives', 'h', 1, '0.1.0', 'l', now()),
                    ('node lost', 'h', 1, '0.1.0', 'l', now() - interval '40 days')
                """
            )
            let run = try await CommandsRun.worker(["prune", "--older-than", "30d", "--json"], on: database)
            #expect(run.output == Self.report(isDry: false, programs: 3), "\(run.errors)")
            let left: [String] = try await connection.values(
                """
                select id as value from github_sync.github_workers
                where id not in (
                    select claimed_by from github_sync.github_webhook_events where status = 'processing'
                )
                union all
                select id from github_sync.github_ingest_nodes
                order by 1
                """
            )
            #expect(left == ["lives", "node lives", "stopped lately"])
            let workers: Int = try await connection.value("select count(*) as value from github_sync.github_workers")
            #expect(workers == 3)
        }
    }

    @Test func `one event is one event`() async throws {
        try await TestDatabase.with { database in
            var old = CommandsSeed(age: 40 * Self.day)
            old.status = .completed
            try await database.connection().insert(old)
            let words = ["prune", "--older-than", "30d"]
            let dry = try await CommandsRun.worker(words + ["--dry-run"], on: database)
            #expect(dry.output == "would prune 1 event, nothing was changed\n")
            #expect(try await CommandsRun.worker(words, on: database).output == "pruned 1 event\n")
        }
    }

    @Test func `entries about what was sent to GitHub go in batches too, and the newer ones stay`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rocket = SampleRepository.rocket
            let followed = try await connection.connectRepository(rocket.id, rocket.fullName)
            let (old, new) = (40 * Self.day, 20 * Self.day)
            // The order of ids is not quite that of time.
            let ages = [new] + [Double](repeating: old, count: 1_201) + [new, old]
            try await connection.logOutbound(in: followed, ages: ages)
            let entries: Query = "select count(*) as value from github_sync.github_outbound_log"
            let words = ["prune", "--older-than", "30d"]
            let dry = try await CommandsRun.worker(words + ["--dry-run"], on: database)
            let expected = "0 events, and 1202 entries about what was sent to GitHub"
            #expect(dry.output == "would prune \(expected), nothing was changed\n")
            #expect(try await connection.value(entries) == 1_204)
            let run = try await CommandsRun.worker(words, on: database)
            #expect(run.output == "pruned \(expected)\n", "\(run.errors)")
            #expect(try await connection.value(entries) == 2)
            let again = try await CommandsRun.worker(words + ["--json"], on: database)
            #expect(try again.json["outbound_pruned"] as? Int == 0)
        }
    }

    @Test(arguments: [
        (["prune"], "--older-than is missing"),
        (["prune", "--older-than", "soon"], "--older-than is 'soon', expected an age"),
        (
            ["prune", "--older-than", "1d", "--status", "pending"],
            "--status is 'pending', expected one of: completed, failed"
        ),
    ])
    func `what it cannot understand it does not delete`(words: [String], message: String) async throws {
        let run = try await CommandsRun.worker(words)
        #expect(run.status == 2)
        #expect(run.errors.contains(message))
    }
}
