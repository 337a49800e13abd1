import Synchronization

/// A log for what strangers can cause: at most one line per message and reason in a second.
///
/// Each line says for how many events it stands.
package final class LimitedLog: Sendable {
    private struct Entry {
        var lastLine: ContinuousClock.Instant
        var suppressed = 0
    }

    private let log: Log
    private let pause: Duration
    private let entries = Mutex<[String: Entry]>([:])

    package init(_ log: Log, pause: Duration = .seconds(1)) {
        self.log = log
        self.pause = pause
    }

    /// Writes the line, or counts it; `reason` comes from a small set of words, each with a count of its own.
    package func callAsFunction(
        _ level: Log.Level,
        _ message: StaticString,
        reason: String,
        _ keys: Log.Keys = [:],
        at now: ContinuousClock.Instant = .now
    ) {
        let count = entries.withLock { entries -> Int? in
            let key = "\(message): \(reason)"
            guard let entry = entries[key], entry.lastLine + pause > now else {
                let count = 1 + (entries[key]?.suppressed ?? 0)
                entries[key] = Entry(lastLine: now)
                return count
            }
            entries[key]?.suppressed += 1
            return nil
        }
        guard let count else { return }
        log(level, message, keys.merging([.reason: reason, .count: count]) { $1 })
    }
}
