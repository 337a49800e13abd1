import Base
import Database

/// Hears of new events a moment after they were committed.
///
/// Polling stays the truth: a lost notification costs a second.
struct Listener: Sendable {
    let connection: Connection
    let wakeUp: WakeUp
    let log: Log

    /// Runs until the task is cancelled.
    func run() async {
        var broken = Backoff(from: .milliseconds(200), to: .seconds(10))
        while !Task.isCancelled {
            do {
                try await connection.listen()
                broken.reset()
                while !Task.isCancelled {
                    if try await connection.waitForNotification(upTo: .milliseconds(500)) { wakeUp.signal() }
                }
            } catch {
                log(.debug, "not listening", error: error)
                try? await Task.sleep(for: broken.next())
            }
        }
    }
}

extension Connection {
    fileprivate func listen() throws {
        try run("listen github_sync_events")
    }
}
