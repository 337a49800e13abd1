import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Store

/// The recorder on a real database.
@Suite struct RecorderTests {
    private struct Fixture {
        let queue = DeliveryQueue()
        let connection: Connection
        let outcomes = Outcomes()
        let health = DatabaseHealth()

        /// Stores what was submitted and ends.
        func record() async {
            var registry = MetricsRegistry()
            let recorder = Recorder(
                queue: queue,
                number: 0,
                store: DeliveryStore(
                    repositories: ConnectedRepositories(lifetime: .seconds(5)),
                    connection: connection,
                    health: health,
                    notifier: WorkerNotifier(),
                    metrics: StoreMetrics(&registry, queue: queue)
                ),
                log: LimitedLog(Log { _ in })
            )
            queue.close()
            await recorder.run()
        }

        static func with(_ body: @Sendable (Fixture) async throws -> Void) async throws {
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
                try await body(Fixture(connection: connection))
            }
        }
    }

    @Test func `a row that PostgreSQL refuses costs its neighbours nothing`() async throws {
        try await Fixture.with { fixture in
            try await fixture.connection.refuse(action: "poison")
            for number in 1...20 {
                let action = [7, 20].contains(number) ? "poison" : "opened"
                fixture.queue.submit(.test("\(number)", action: action, outcomes: fixture.outcomes))
            }
            await fixture.record()
            let refused = fixture.outcomes.all.filter {
                $0 == .invalid(.refused, detail: "The database cannot store this delivery (23514).")
            }
            #expect(refused.count == 2)
            #expect(fixture.outcomes.all.count == 20)
            #expect(try await fixture.connection.deliveries().count == 18)
        }
    }

    @Test func `a row that another session holds costs its neighbours nothing`() async throws {
        try await Fixture.with { fixture in
            let failed = UUID()
            try await fixture.connection.insert(failed, delivery: "2", status: .failed)
            let holder = Connection(fixture.connection.config)
            try await holder.runScript(
                "begin; select from github_sync.github_webhook_events for update",
                within: .seconds(10)
            )
            for number in 1...64 { fixture.queue.submit(.test("\(number)", outcomes: fixture.outcomes)) }
            let recording = Task { await fixture.record() }
            #expect(try await eventually(within: .seconds(10)) { fixture.outcomes.all.count == 63 })
            // It is asked for again meanwhile, and nobody is told that the database is away.
            try await Task.sleep(for: .seconds(2))
            #expect(fixture.health.problem == nil)
            #expect(fixture.outcomes.all.allSatisfy { $0.eventID != nil && $0 != .requeued(failed) })
            try await holder.runScript("commit", within: .seconds(10))
            await recording.value
            #expect(fixture.outcomes.all.last == .requeued(failed))
        }
    }

    @Test func `nobody is told 202 for a row whose commit fails`() async throws {
        try await Fixture.with { fixture in
            try await fixture.connection.refuseAtCommit()
            for id in ["a", "b"] { fixture.queue.submit(.test(id, outcomes: fixture.outcomes)) }
            await fixture.record()
            #expect(fixture.outcomes.all.map(\.status) == [.invalid, .invalid])
            #expect(try await fixture.connection.deliveries().isEmpty)
        }
    }

    @Test func `a row of our own is an attempt whose answer was lost, not a duplicate`() async throws {
        try await Fixture.with { fixture in
            let id = UUID()
            try await fixture.connection.insert(id, delivery: "mine")
            fixture.queue.submit(.test("mine", id: id, outcomes: fixture.outcomes))
            await fixture.record()
            #expect(fixture.outcomes.all == [.accepted(id)])
        }
    }

    @Test func `a row of our own that failed meanwhile stays failed`() async throws {
        try await Fixture.with { fixture in
            let id = UUID()
            try await fixture.connection.insert(id, delivery: "mine", status: .failed)
            fixture.queue.submit(.test("mine", id: id, outcomes: fixture.outcomes))
            await fixture.record()
            #expect(fixture.outcomes.all == [.accepted(id)])
            #expect(try await fixture.connection.deliveries() == ["mine": .failed])
        }
    }

    @Test func `one batch holds new, known, failed, repeated and unconnected deliveries`() async throws {
        try await Fixture.with { fixture in
            let (new, known, failed) = (UUID(), UUID(), UUID())
            try await fixture.connection.insert(known, delivery: "known")
            try await fixture.connection.insert(failed, delivery: "failed", status: .failed)
            let deliveries: [Submission] = [
                .test("unconnected", repository: 1, outcomes: fixture.outcomes),
                .test("new", id: new, outcomes: fixture.outcomes), .test("known", outcomes: fixture.outcomes),
                .test("failed", outcomes: fixture.outcomes), .test("new", outcomes: fixture.outcomes),
            ]
            for delivery in deliveries { fixture.queue.submit(delivery) }
            await fixture.record()
            #expect(fixture.outcomes.all.count == 5)
            #expect(fixture.outcomes.all.first == .notConnected)
            #expect(
                [.accepted(new), .duplicate(known), .requeued(failed)].allSatisfy(fixture.outcomes.all.contains)
            )
            #expect(fixture.outcomes.all.last == .duplicate(new))
            #expect(
                try await fixture.connection.deliveries() == ["new": .pending, "known": .pending, "failed": .pending]
            )
        }
    }

    @Test(.timeLimit(.minutes(15))) func `two writers with the same deliveries do not block each other`() async throws {
        try await Fixture.with { fixture in
            let other = Fixture(connection: Connection(fixture.connection.config))
            for number in 1...100 {
                fixture.queue.submit(.test("\(number)", outcomes: fixture.outcomes))
                other.queue.submit(.test("\(101 - number)", outcomes: fixture.outcomes))
            }
            async let first: Void = fixture.record()
            async let second: Void = other.record()
            _ = await (first, second)
            #expect(fixture.outcomes.all.count == 200)
            #expect(fixture.outcomes.all.allSatisfy { $0.eventID != nil })
            let stored = try await fixture.connection.deliveries()
            #expect(stored.count == 100)
        }
    }

    @Test func `errors are sorted by whom they blame`() {
        func cause(_ state: String) -> DatabaseError.Cause {
            DatabaseError.Cause(DatabaseError(.rejected(sqlState: state, constraint: nil), message: "", statement: ""))
        }
        for state in ["22021", "22P02", "22003", "54000", "54001", "23514"] { #expect(cause(state) == .row) }
        for state in ["08006", "57P01", "57P03", "53300", "53100", "25006"] { #expect(cause(state) == .unavailable) }
        for state in ["40P01", "40001"] { #expect(cause(state) == .conflict) }
        #expect(cause("57014") == .timeout)
        for state in ["42501", "42P01"] { #expect(cause(state) == .other) }
        #expect(DatabaseError.Cause(CancellationError()) == .other)
    }
}

extension Connection {
    fileprivate func refuse(action: StaticString) throws {
        try runScript(
            "alter table github_sync.github_webhook_events add constraint test_poison check (action <> '\(action)')",
            within: .seconds(10)
        )
    }

    fileprivate func refuseAtCommit() throws {
        try runScript(
            """
            create function public.test_refuse() returns trigger language plpgsql as $$
            begin raise exception 'refused' using errcode = 'check_violation'; end $$;
            create constraint trigger test_refuse after insert on github_sync.github_webhook_events
            deferrable initially deferred for each row execute function public.test_refuse();
            """,
            within: .seconds(10)
        )
    }

    fileprivate func insert(_ id: UUID, delivery: String, status: EventStatus = .pending) throws {
        try run(
            """
            insert into github_sync.github_webhook_events (id, delivery_id, event_type, status, payload)
            values (\(id), \(delivery), 'issues', \(status)::text::github_sync.event_status, '{}')
            """
        )
    }

    fileprivate func deliveries() throws -> [String: EventStatus] {
        let rows = try run("select delivery_id, status from github_sync.github_webhook_events")
        return try rows.reduce(into: [:]) { found, row in found[try row.get("delivery_id")] = try row.get("status") }
    }
}
