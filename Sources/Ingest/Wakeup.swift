import Base
import Database

/// Tells workers that there is work: at most one NOTIFY in a while, in a transaction of its own after the commit.
///
/// NOTIFY takes a lock that all commits share, so it stays out of the insert. One that fails is no loss: workers poll.
struct Wakeup: Sendable {
    static let pause = Duration.milliseconds(50)

    private let signals: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func signal() { continuation.yield() }

    /// Sends until the task is cancelled.
    func run(_ connection: Connection, sent: Counter) async {
        for await _ in signals {
            do {
                try await connection.wakeWorkers()
                sent.add()
            } catch {
                // The writers see the same database and report it.
            }
            try? await Task.sleep(for: Self.pause)
        }
    }
}

extension Connection {
    fileprivate func wakeWorkers() throws {
        try run("select pg_notify('github_sync_events', '')", within: .seconds(2))
    }
}
