import Foundation
import Inspect

/// How far a command has come that works in batches: a bar on a terminal, else a line at each tenth of much work.
struct Progress {
    /// Fewer events than this are done before anybody wonders.
    static let minimumForLines = 5_000
    private static let cells = 20

    private let output: Output
    /// What happens to each event, as in `replayed`.
    private let verb: String
    private let total: Int
    private let start = ContinuousClock.now
    private var tenths = 0

    init(_ verb: String, of total: Int, on output: Output) {
        self.verb = verb
        self.total = total
        self.output = output
    }

    mutating func reached(_ done: Int) {
        if output.isErrorTerminal { return output.progress(line(done, after: ContinuousClock.now - start)) }
        let reached = total > 0 ? min(done * 10 / total, 10) : 10
        guard total > Self.minimumForLines, reached > tenths, done < total else { return }
        tenths = reached
        output.note("\(verb) \(done) of \(total)")
    }

    /// Takes the bar off the screen.
    func end() { output.progress("") }

    /// `replayed 500 of 1500  [######··············]  33 %, 12s left`.
    func line(_ done: Int, after passed: Duration) -> String {
        let share = total > 0 ? min(Double(done) / Double(total), 1) : 1
        let left = share > 0 ? passed / .seconds(1) * (1 - share) / share : 0
        // Before the first second is over an estimate would be worthless.
        let remains = passed >= .seconds(1) && share < 1 ? ", \(Age(seconds: Int(left.rounded())).text) left" : ""
        return "\(verb) \(done) of \(total)  [\(Self.bar(share))]  \(Int(share * 100)) %\(remains)"
    }

    /// A share from 0 to 1, as a bar.
    static func bar(_ share: Double) -> String {
        let full = Int(share * Double(cells))
        return String(repeating: "#", count: full) + String(repeating: "·", count: cells - full)
    }

    /// Works through rows, mostly events, in the order of their ids, batch by batch, until a batch is empty.
    ///
    /// The place in that order only moves forward, so an event that is back in the same state meanwhile is not done
    /// twice. A cancelled task ends between two batches; what a batch changed is committed whole. `batch` does the next
    /// rows behind an id, or the first ones where that is nil, and returns their ids.
    /// - Returns: how many rows were done.
    /// - Throws: what `batch` throws, and `CommandFailure` when the task is cancelled.
    static func inBatches<ID: Comparable>(
        _ verb: String,
        of total: Int,
        on output: Output,
        _ batch: (_ last: ID?) async throws -> [ID]
    ) async throws -> Int {
        var done = 0
        var last: ID?
        var progress = Progress(verb, of: total, on: output)
        defer { progress.end() }
        while !Task.isCancelled {
            let ids = try await batch(last)
            guard let end = ids.max() else { return done }
            done += ids.count
            last = end
            progress.reached(done)
        }
        throw interrupted(verb, after: done, of: total)
    }

    static func interrupted(_ verb: String, after done: Int, of total: Int) -> CommandFailure {
        CommandFailure("interrupted: \(done) of \(total) \(verb), run it again for the rest")
    }
}
