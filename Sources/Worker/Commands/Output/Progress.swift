/// How far a command has come that works in portions: a bar on a terminal, else a line at each tenth of much work.
struct Progress {
    /// Fewer are done before anybody wonders.
    static let worthLines = 5_000
    private static let cells = 20

    private let output: Output
    /// What was done, as in `replayed`.
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
        guard total > Self.worthLines, reached > tenths, done < total else { return }
        tenths = reached
        output.note("\(verb) \(done) of \(total)")
    }

    /// Takes the bar off the screen.
    func end() { output.progress("") }

    /// `replayed 500 of 1500  [######··············]  33 %, 12s left`.
    func line(_ done: Int, after passed: Duration) -> String {
        let share = total > 0 ? min(Double(done) / Double(total), 1) : 1
        let full = Int(share * Double(Self.cells))
        let bar = String(repeating: "#", count: full) + String(repeating: "·", count: Self.cells - full)
        let left = share > 0 ? passed / .seconds(1) * (1 - share) / share : 0
        // Before the first second there is nothing to judge by.
        let remains = passed >= .seconds(1) && share < 1 ? ", \(Age(seconds: Int(left.rounded())).text) left" : ""
        return "\(verb) \(done) of \(total)  [\(bar)]  \(Int(share * 100)) %\(remains)"
    }
}
