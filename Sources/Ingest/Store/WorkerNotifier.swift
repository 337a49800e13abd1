import Base
import Database

/// Tells workers that there is work: at most one NOTIFY in a while, in a transaction of its own after the commit.
///
/// NOTIFY takes a lock that all commits share, so it stays out of the insert. One that fails is no loss: workers poll.
package struct WorkerNotifier: Sendable {
    private static let pause = Duration.milliseconds(50)

    private let requests: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (requests, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Asks for a NOTIFY; several that are asked for during the pause are sent as one.
    func notify() { continuation.yield() }

    /// Sends until the task is cancelled.
    package func run(_ connection: Connection, sent: Counter) async {
        for await _ in requests {
            do {
                try await connection.notifyWorkers()
                sent.add()
            } catch {
                // The writers see the same database and report it.
            }
            try? await Task.sleep(for: Self.pause)
        }
    }
}

extension Connection {
    fileprivate func notifyWorkers() throws {
        try run("select pg_notify('github_sync_events', '')", within: .seconds(2))
    }
}
