/// The deliveries of one second as edges from how the object was before to how each shows it.
///
/// What happened is a walk over all edges. So it ends where one more edge comes in than goes out, whatever the order in
/// which the deliveries arrived.
struct StateGraph {
    /// What each delivery took away.
    let lost: [Trace.State]
    private var states: [Trace.State] = []
    /// Edges in, less edges out.
    private var balances: [Int] = []
    private var indices: [Trace.State: Int] = [:]
    /// For finding out what hangs together.
    private var parents: [Int] = []

    /// `start` is where the walk begins, nil if that is not known.
    init(_ traces: [Trace], lost: [Trace.State], from start: Trace.State?) {
        self.lost = lost
        if let start { balances[index(of: start)] += 1 }
        for (trace, lost) in zip(traces, lost) {
            let before = trace.isLate ? trace.after : trace.after.subtracting(trace.gained).union(lost)
            let (from, to) = (index(of: before), index(of: trace.after))
            balances[from] -= 1
            balances[to] += 1
            parents[root(of: from)] = root(of: to)
        }
    }

    /// Where a walk over all edges may end; empty if there is none, because a delivery is missing or a snapshot is late.
    func ends(isStartKnown: Bool) -> [Trace.State] {
        let ends = balances.indices.filter { balances[$0] > 0 }
        let starts = balances.indices.filter { balances[$0] < 0 }
        guard Set(states.indices.map(root)).count == 1 else { return [] }
        // It led back to where it began, wherever that was.
        if ends.isEmpty { return states }
        guard ends.count == 1, balances[ends[0]] == 1, starts.count == (isStartKnown ? 0 : 1) else { return [] }
        return [states[ends[0]]]
    }

    /// The only state that nothing leads to.
    var onlyStart: Trace.State? {
        let starts = balances.indices.filter { balances[$0] < 0 }
        return starts.count == 1 ? states[starts[0]] : nil
    }

    /// How far this is from a walk.
    var imbalance: Int { balances.reduce(0) { $0 + abs($1) } }

    func balance(of state: Trace.State) -> Int { indices[state].map { balances[$0] } ?? 0 }

    private mutating func index(of state: Trace.State) -> Int {
        if let index = indices[state] { return index }
        indices[state] = states.count
        states.append(state)
        balances.append(0)
        parents.append(parents.count)
        return states.count - 1
    }

    private func root(of index: Int) -> Int {
        var index = index
        while parents[index] != index { index = parents[index] }
        return index
    }
}

extension StateGraph {
    /// More ways than these are not tried.
    private static let limit = 32

    /// The graph in every way to read the deliveries that do not tell which value they replaced: any that the field has
    /// elsewhere, or none.
    static func all(_ traces: [Trace], from start: Trace.State?) -> [StateGraph] {
        let states = traces.map(\.after) + (start.map { [$0] } ?? [])
        var ways: [[Trace.State]] = [[]]
        for trace in traces {
            let told = trace.lost.filter { !$0.isUnknown }
            var options = [told]
            for unknown in trace.lost.subtracting(told).sorted() {
                let values = Set(states.joined().filter(unknown.isOfSameField)).subtracting(trace.after).sorted()
                options += options.flatMap { option in values.map { option.union([$0]) } }
            }
            ways = ways.prefix(max(1, limit / options.count)).flatMap { way in options.map { way + [$0] } }
        }
        return ways.map { StateGraph(traces, lost: $0, from: start) }
    }
}
