import Synchronization

/// What happened to each issue, for whoever has to find out why it is not as it should be.
final class LoopStory: Sendable {
    enum Side: Sendable { case gitHub, plane }

    private struct State: Sendable {
        var lines: [(issue: Int64, line: String)] = []
        /// What people wrote last on each side.
        var texts: [Int64: [LoopField: [Side: String]]] = [:]
    }

    private let start = ContinuousClock.now
    private let state = Mutex(State())

    func tell(_ issue: Int64, _ words: String) {
        let time = (ContinuousClock.now - start) / .seconds(1)
        let seconds = (time * 1_000).rounded() / 1_000
        state.withLock { $0.lines.append((issue, "\(seconds) s #\(issue) \(words)")) }
    }

    /// Takes note of a text that nobody writes twice.
    func note(_ text: String, _ field: LoopField, of issue: Int64, on side: Side) {
        state.withLock { $0.texts[issue, default: [:]][field, default: [:]][side] = text }
    }

    func lines(about issues: Set<Int64>) -> [String] {
        state.withLock { $0.lines.filter { issues.contains($0.issue) }.map(\.line) }
    }

    /// Texts that are no longer what somebody wrote last on one of the sides: of an edit on one side and one on the other
    /// either may win, but nothing that was replaced may come back.
    func undone(in shown: LoopState) -> [(issue: Int64, text: String)] {
        state.withLock(\.texts).sorted { $0.key < $1.key }.flatMap { issue, fields in
            fields.compactMap { field, sides in
                let text = shown.issues[issue]?[field] ?? ""
                if sides.values.contains(text) { return nil }
                return (issue, "#\(issue) \(field): '\(text)', and not what was written last: \(sides)")
            }
        }
    }
}
