import Synchronization

/// What happened to each issue, for whoever has to find out why it is not the same on both sides.
final class LoopStory: Sendable {
    private let start = ContinuousClock.now
    private let lines = Mutex<[(issue: Int64, line: String)]>([])

    func tell(_ issue: Int64, _ words: String) {
        let time = (ContinuousClock.now - start) / .seconds(1)
        let seconds = (time * 1_000).rounded() / 1_000
        lines.withLock { $0.append((issue, "\(seconds) s #\(issue) \(words)")) }
    }

    func lines(about issues: Set<Int64>) -> [String] {
        lines.withLock { $0.filter { issues.contains($0.issue) }.map(\.line) }
    }
}
