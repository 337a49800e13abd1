import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Worker

/// The third promise: the same set of deliveries ends in the same Plane state, in whatever order they are worked on.
///
/// Random histories are delivered in order and in random orders, split over workers and batch sizes, some of them
/// twice. Each run's Plane state is compared with an independent model. The number of histories and the seed come from
/// CONVERGENCE_HISTORIES and CONVERGENCE_SEED; a failing history is shrunk before it is printed.
@Suite struct ConvergenceTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let histories =
        environment["CONVERGENCE_HISTORIES"].flatMap { Int($0) } ?? (TestEnvironment.includesFaults ? 2_000 : 500)
    private static let seed =
        environment["CONVERGENCE_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)

    /// One of them in order.
    private static let ordersPerHistory = 3

    @Test(.timeLimit(.minutes(15))) func `any order of the same deliveries ends in the same Plane state`() async throws
    {
        print("convergence: \(Self.histories) histories, CONVERGENCE_SEED=\(Self.seed)")
        var generator = SeededGenerator(seed: Self.seed)
        let histories = (0..<Self.histories).map { _ in History(using: &generator) }
        let ordersSeed = generator.next()

        try await SyncBench.with { bench in
            let configured = History.Connection.configured.repository
            let connection = try await bench.connection.connectRepository(configured.id, configured.fullName)
            try await bench.connection.configure(connection, History.Connection.settings)
            var generator = SeededGenerator(seed: ordersSeed)
            let runs = histories.flatMap { history in
                (0..<Self.ordersPerHistory).map { order in
                    Run(history: history, order: order == 0 ? .asMade : .random(seed: generator.next()))
                }
            }
            let wrong = try await bench.wrongRuns(runs)
            let deliveries = runs.reduce(0) { $0 + $1.history.steps.count }
            print("convergence: \(runs.count) runs, \(deliveries) deliveries, \(wrong.count) wrong")
            if let first = wrong.first {
                let shrunk = try await bench.shrink(runs[first.key])
                Issue.record(
                    """
                    \(wrong.count) runs differ from the model; the first: \(first.value)
                    shrunk (a race may come out differently each time):
                    \(shrunk.text)
                    """
                )
            }
        }
    }
}

/// A history delivered in one order.
private struct Run: Sendable {
    enum Order: Sendable {
        case asMade
        case random(seed: UInt64)
    }

    var history: History
    let order: Order

    /// When each step is due, in milliseconds: what is due first is claimed first.
    var dueTimes: [Int] {
        switch order {
        case .asMade: return Array(history.steps.indices)
        case .random(let seed):
            var generator = SeededGenerator(seed: seed)
            return history.steps.map { _ in Int.random(in: 0...100_000, using: &generator) }
        }
    }

    var text: String {
        let steps = zip(history.steps, dueTimes).map { "  due \($1): \($0)" }.joined(separator: "\n")
        return "\(history.connection), \(order)\n\(steps)"
    }
}

extension SyncBench {
    /// Delivers all runs, works until nothing is due, works some events again, and compares with the model.
    /// - Returns: the places of the runs that ended otherwise, and how.
    fileprivate func wrongRuns(_ runs: [Run]) async throws -> [Int: String] {
        let firstRun = try await connection.nextRun()
        for (index, run) in runs.enumerated() {
            let events = zip(run.history.steps, run.dueTimes).map { step, due in
                (
                    id: ids.next(), event: step.event,
                    payload: step.payload(run: firstRun + Int64(index), in: run.history.connection.repository), due: due
                )
            }
            try await connection.insertDue(events)
        }
        try await drainTogether()
        try await connection.replaySome()
        try await drainTogether()

        let states = try await connection.planeStates()
        return runs.indices.reduce(into: [:]) { wrong, index in
            let run = firstRun + Int64(index)
            let model = PlaneState(of: runs[index].history, run: run)
            guard states[run] != model else { return }
            wrong[index] = "\(states[run].map { "\($0)" } ?? "none")\nmodel: \(model.map { "\($0)" } ?? "none")"
        }
    }

    /// Three workers side by side, each with a batch size of its own, until every event has its outcome.
    ///
    /// On a busy machine one that has waited long for another's lock is due a moment later.
    func drainTogether() async throws {
        repeat {
            try await withThrowingTaskGroup { group in
                for batch in [1, 7, 64] {
                    let slot = SyncBench(database: database, connection: database.connection())
                    group.addTask { try await slot.drain(batch: batch) }
                }
                try await group.waitForAll()
            }
        } while try await connection.hasDelayed()
    }

    /// Leaves out steps as long as the run still ends wrong.
    ///
    /// What happened to labels stays: without it the snapshots that show a new name would contradict each other.
    fileprivate func shrink(_ run: Run) async throws -> Run {
        var run = run
        var index = 0
        while index < run.history.steps.count {
            if run.history.steps[index].event == .label {
                index += 1
                continue
            }
            var smaller = run
            smaller.history.steps.remove(at: index)
            if try await wrongRuns([smaller]).isEmpty { index += 1 } else { run = smaller }
        }
        return run
    }
}

extension Connection {
    /// Whether an event waits that was put off at no cost; a moment later if there is one.
    fileprivate func hasDelayed() async throws -> Bool {
        let waiting = try run(
            """
            select from github_sync.github_webhook_events where status = 'pending' and retry_count = 0 limit 1
            """
        )
        if !waiting.isEmpty { try await Task.sleep(for: .milliseconds(200)) }
        return !waiting.isEmpty
    }

    func configure(_ repository: ConnectedRepository, _ settings: String) throws {
        try run(
            """
            insert into github_sync.github_sync_settings (repository_sync_id, settings, changed_by)
            values (\(repository.syncID), \(settings)::text::jsonb, 'a test')
            """
        )
    }

    func nextRun() throws -> Int64 {
        // Runs need no issue to be over.
        try run("select count(*) + 1 as next from github_sync.github_webhook_events")[0].get("next")
    }

    func insertDue(_ events: [(id: UUID, event: EventType, payload: [UInt8], due: Int)]) throws {
        try run(
            """
            insert into github_sync.github_webhook_events (id, delivery_id, event_type, payload, run_at)
            select id, id::text, event_type, payload, now() - interval '1 hour' + make_interval(secs => due / 1000.0)
            from unnest(
                \(events.map(\.id)), \(events.map(\.event)), \(events.map { JSONText($0.payload) }),
                \(events.map { Double($0.due) })
            ) as e (id, event_type, payload, due)
            """
        )
    }

    /// What a rescue after a lost connection or an operator's replay does: the same event once more.
    func replaySome() throws {
        try run(
            """
            update github_sync.github_webhook_events
            set status = 'pending', processed_at = null, run_at = now()
            where status = 'completed' and hashtext(delivery_id) % 5 = 0
            """
        )
    }
}
