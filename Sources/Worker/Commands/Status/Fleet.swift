/// The workers that gave a sign of life in the last day.
struct Fleet: Sendable, Equatable {
    /// The first of them: running ones, then lost, then stopped ones, the last heard of first.
    let workers: [FleetWorker]
    /// How many there are of each state, in that order.
    let counts: [(state: String, workers: Int)]

    var total: Int { counts.reduce(0) { $0 + $1.workers } }

    /// `12 running, 1 lost`.
    var summary: String { counts.map { "\($0.workers) \($0.state)" }.joined(separator: ", ") }

    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.workers == rhs.workers && lhs.counts.elementsEqual(rhs.counts) { $0 == $1 }
    }
}
