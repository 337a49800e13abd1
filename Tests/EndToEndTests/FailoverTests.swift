import Database
import Foundation
import TestSupport
import Testing

/// A primary that goes away under load and a standby that takes its place.
///
/// The programs know both hosts (`postgresql://…@one,two/plane?target_session_attrs=read-write` as their `DATABASE_URL`)
/// and none is started again.
///
/// The standby here is synchronous (`synchronous_standby_names`, `synchronous_commit` at least `on`): a commit that
/// ingest answered with 202 is on both. With an asynchronous standby what the primary committed in its last moments,
/// as much as `pg_stat_replication.replay_lag` shows, is lost with it. Deliveries among it had their 202: GitHub does
/// not send them again by itself, a person finds them under Recent Deliveries and presses Redeliver. Syncs among it run
/// again soon, since Plane's rows and the event's completion were lost together. Claims among it are no danger: a token
/// is random, so a worker that holds a lost claim finds itself fenced out.
@Suite(.serialized) struct FailoverTests {
    private struct Fleet: Sendable {
        let pair: TestStandby
        let connection: Connection
        let nodes: [IngestProgram]
        let workers: [WorkerProgram]
        let load: DeliveryLoad
    }

    /// Two nodes and two workers on a pair of servers, each with one that asks the standby first.
    private static func with(
        _ settings: [String: String] = [:],
        isSynchronous: Bool = true,
        _ body: @Sendable (Fleet) async throws -> Void
    ) async throws {
        try await TestStandby.with { pair in
            let (database, other) = (try pair.database(), try pair.database(standbyFirst: true))
            let connection = database.connection()
            _ = try await connection.connectRepository(SampleRepository.rocket.id, SampleRepository.rocket.fullName)
            if isSynchronous { try await pair.commitOnBoth() }
            let nodes = [try await IngestProgram(database, settings), try await IngestProgram(other, settings)]
            let workers = [try await WorkerProgram(database, settings), try await WorkerProgram(other, settings)]
            let load = DeliveryLoad(nodes)
            try await body(Fleet(pair: pair, connection: connection, nodes: nodes, workers: workers, load: load))
            for worker in workers { #expect(try await worker.stop() == 0) }
            for node in nodes { #expect(try await node.stop() == 0) }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `every delivery that got its 202 is on the promoted standby and is done once`() async throws {
        try await Self.with { fleet in
            try await fleet.load.run {
                try await fleet.load.accept(100)
                // Commits that wait for the standby now are on the primary only, and go with it: none may have its 202.
                try await fleet.pair.stopFollowing()
                try await Task.sleep(for: .milliseconds(500))
                try await fleet.pair.end(.crash)
                try await Task.sleep(for: .milliseconds(500))
                try await fleet.pair.promote()
                try await fleet.load.accept(100)
            }
            let stored = try await fleet.load.expectDoneOnce(fleet.connection)
            print(
                "failover: \(stored) deliveries stored, \(fleet.load.accepted.count) had a 202, none lost;",
                "refused \(fleet.load.refused); no 202 for \(fleet.load.longestGap), of which 1 s by the test"
            )
            #expect(fleet.load.broken == 0)
        }
    }

    @Test(.enabled(if: TestEnvironment.includesFaults), .timeLimit(.minutes(15)))
    func `an asynchronous standby lacks what it had not received, and the rest is done once`() async throws {
        try await Self.with(["WORKER_LEASE": "5"], isSynchronous: false) { fleet in
            try await fleet.load.run {
                try await fleet.load.accept(100)
                try await fleet.pair.stopFollowing()
                try await fleet.load.accept(100)
                try await fleet.pair.end(.crash)
                try await fleet.pair.promote()
                try await fleet.load.accept(100)
            }
            let (stored, lost) = try await fleet.load.doneOnce(fleet.connection)
            print("asynchronous: \(stored) deliveries stored, \(lost.count) that had a 202 are lost")
            #expect(lost.count >= 100)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a database that takes no writes for a while is waited for`() async throws {
        try await Self.with { fleet in
            try await fleet.load.run {
                try await fleet.load.accept(40)
                try await fleet.pair.setReadOnly(true)
                let isSeen = try await eventually(within: .seconds(10)) {
                    let text = fleet.nodes.map(\.program.text).joined()
                    return text.contains("25006") || text.contains("read-only")
                }
                #expect(isSeen)
                try await fleet.pair.setReadOnly(false)
                try await fleet.load.accept(40)
            }
            let stored = try await fleet.load.expectDoneOnce(fleet.connection)
            print("read-only: \(stored) deliveries stored, longest time without a 202 \(fleet.load.longestGap)")
            #expect(fleet.load.refused == [:])
        }
    }

    /// While neither server takes writes, ingest says 503 when a delivery has waited its eight seconds, and a worker
    /// whose statement never ends gives it up after thirty.
    @Test(
        .enabled(if: TestEnvironment.includesFaults),
        .timeLimit(.minutes(15)),
        arguments: [TestStandby.End.crash, .freeze]
    )
    func `half a minute without a primary is survived`(_ end: TestStandby.End) async throws {
        try await Self.with(["WORKER_LEASE": "20"]) { fleet in
            try await fleet.load.run {
                try await fleet.load.accept(300)
                try await fleet.pair.end(end)
                try await Task.sleep(for: .seconds(30))
                try await fleet.pair.promote()
                try await fleet.load.accept(300)
            }
            let stored = try await fleet.load.expectDoneOnce(fleet.connection, within: .seconds(120))
            print(
                "\(end): \(stored) deliveries stored, \(fleet.load.accepted.count) had a 202, none lost;",
                "refused \(fleet.load.refused); no 202 for \(fleet.load.longestGap), of which 30 s",
                "without a primary"
            )
            #expect(fleet.load.refused.keys.allSatisfy { $0 == 503 })
        }
    }
}
