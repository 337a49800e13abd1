/// The deliveries of one second as edges from how the object was before to how each shows it.
///
/// What happened is a walk over all edges. So it ends where one more edge comes in than goes out, whatever the order in
/// which the deliveries arrived.
struct StateGraph {
    /// What was changed, one reading for each delivery.
    let changes: [Change]

    struct Change {
        let gained: Trace.State
        let lost: Trace.State
    }

    private var states: [Trace.State] = []
    /// Edges in, less edges out.
    private var balances: [Int] = []
    private var indices: [Trace.State: Int] = [:]
    /// For finding out what hangs together.
    private var parents: [Int] = []

    /// `start` is where the walk begins, nil if that is not known.
    init(_ traces: [Trace], _ changes: [Change], from start: Trace.State?) {
        self.changes = changes
        if let start { balances[index(of: start)] += 1 }
        for (trace, change) in zip(traces, changes) {
            let before = trace.before(gained: change.gained, lost: change.lost)
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
    /// More readings than these are not tried.
    private static let limit = 32

    /// The graph in every reading of the deliveries that do not tell all: what came may be any value of the field that the
    /// snapshot shows, what went any that others show, or nothing.
    static func all(_ traces: [Trace], from start: Trace.State?) -> [StateGraph] {
        let shown = Set(traces.flatMap(\.after)).union(start ?? [])
        var readings: [[Change]] = [[]]
        for trace in traces {
            let gains = Self.readings(of: trace.gained, values: trace.after)
            let losses = Self.readings(of: trace.lost, values: shown.subtracting(trace.after))
            let changes = gains.flatMap { gained in losses.map { Change(gained: gained, lost: $0) } }
            readings = Array(readings.flatMap { reading in changes.map { reading + [$0] } }.prefix(limit))
        }
        return readings.map { StateGraph(traces, $0, from: start) }
    }

    private static func readings(of features: Trace.State, values: Trace.State) -> [Trace.State] {
        let told = features.filter { !$0.isUnknown }
        guard told.count < features.count else { return [told] }
        return features.subtracting(told).sorted().reduce([told]) { readings, unknown in
            let values = values.filter { $0.field == unknown.field }.sorted()
            return readings + readings.flatMap { reading in values.map { reading.union([$0]) } }
        }
    }
}
