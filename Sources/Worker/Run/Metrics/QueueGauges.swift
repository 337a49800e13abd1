import Database
import Synchronization

/// The figures of the queue, read from the database when they are asked for, but not more often than every few seconds.
final class QueueGauges: Sendable {
    private struct State {
        var latest: QueueReading?
        var lastReading: ContinuousClock.Instant?
        var running: Task<Void, Never>?
    }

    private let connection: Connection
    private let interval: Duration
    private let state = Mutex(State())

    /// `interval` is the shortest time from one reading to the next.
    init(_ database: DatabaseConfig, interval: Duration = .seconds(5)) {
        var database = database
        database.connectTimeout = .seconds(2)
        connection = Connection(database)
        self.interval = interval
    }

    /// What was read last; nil while nothing recent is known.
    var latest: QueueReading? { state.withLock { $0.latest } }

    /// Reads again when it is time to; those who ask meanwhile wait for the same reading.
    func refresh() async {
        let running = state.withLock { state -> Task<Void, Never>? in
            if let running = state.running { return running }
            if let last = state.lastReading, .now - last < interval { return nil }
            // Old figures must not pass for new ones should this take too long.
            state.latest = nil
            state.running = Task { await read() }
            return state.running
        }
        await running?.value
    }

    private func read() async {
        // Without figures the series are missing; other metrics count the errors of the database.
        let reading = try? await connection.queueReading()
        state.withLock { $0 = State(latest: reading, lastReading: .now) }
    }
}
