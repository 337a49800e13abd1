/// The states of an object within one second, joined by its deliveries.
///
/// Each delivery is an edge from the state before it to the state that it shows. What happened is a walk along all
/// edges, so it ended at the state with one more edge in than out, whatever the order in which the deliveries arrived.
struct StateGraph {
    /// What each delivery changed, in one interpretation.
    let changes: [Change]

    struct Change {
        let gained: Trace.State
        let lost: Trace.State
    }

    private var states: [Trace.State] = []
    /// The number of edges into each state, minus the number of edges out of it.
    private var balances: [Int] = []
    private var indices: [Trace.State: Int] = [:]
    /// A union-find forest over the states, which tells whether all of them are connected.
    private var parents: [Int] = []

    /// `start` is where the walk begins; nil if that is not known.
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

    /// The states where a walk along all edges may end.
    ///
    /// There is none if there is no such walk, because a delivery is missing or a snapshot was taken late.
    func ends(isStartKnown: Bool) -> [Trace.State] {
        let ends = balances.indices.filter { balances[$0] > 0 }
        let starts = balances.indices.filter { balances[$0] < 0 }
        guard Set(states.indices.map(root)).count == 1 else { return [] }
        // The walk led back to where it began, and that may be any state.
        if ends.isEmpty { return states }
        guard ends.count == 1, balances[ends[0]] == 1, starts.count == (isStartKnown ? 0 : 1) else { return [] }
        return [states[ends[0]]]
    }

    /// The only state with more edges out than in; nil if there is none or more than one.
    var onlyStart: Trace.State? {
        let starts = balances.indices.filter { balances[$0] < 0 }
        return starts.count == 1 ? states[starts[0]] : nil
    }

    /// How far the edges are from being one walk.
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
    /// How many interpretations are tried at most.
    private static let limit = 32

    /// The graphs of all interpretations of deliveries that do not tell everything they changed.
    ///
    /// An untold new value may be any value of the field in the delivery's own snapshot. An untold old value may be any
    /// that other snapshots show. Either may also be no value.
    static func all(_ traces: [Trace], from start: Trace.State?) -> [StateGraph] {
        let shown = Set(traces.flatMap(\.after)).union(start ?? [])
        var interpretations: [[Change]] = [[]]
        for trace in traces {
            let gains = Self.interpretations(of: trace.gained, values: trace.after)
            let losses = Self.interpretations(of: trace.lost, values: shown.subtracting(trace.after))
            let changes = gains.flatMap { gained in losses.map { Change(gained: gained, lost: $0) } }
            interpretations = Array(
                interpretations.flatMap { interpretation in changes.map { interpretation + [$0] } }.prefix(limit)
            )
        }
        return interpretations.map { StateGraph(traces, $0, from: start) }
    }

    private static func interpretations(of features: Trace.State, values: Trace.State) -> [Trace.State] {
        let known = features.filter { !$0.isUnknown }
        guard known.count < features.count else { return [known] }
        return features.subtracting(known).sorted().reduce([known]) { interpretations, unknown in
            let values = values.filter { $0.field == unknown.field }.sorted()
            return interpretations
                + interpretations.flatMap { interpretation in values.map { interpretation.union([$0]) } }
        }
    }
}
