import Foundation

extension Second {
    /// The delivery that shows the object as this second left it.
    ///
    /// What was read from GitHub after the second was over decides. Otherwise causes decide first: each delivery says what it changed, and so how the object was before. The order of receipt
    /// decides only where that leaves several possible states, or where several deliveries show the same state: the
    /// larger event id wins.
    ///
    /// `start` is how the object was before this second; nil if that is not known.
    func last(from start: Trace.State?) -> Trace? {
        if let final = traces.last(where: \.isFinal) { return final }
        let known = traces.filter(\.isKnown)
        // Nearly always there is one delivery, or all of them show the same state.
        guard let first = known.first, known.contains(where: { $0.after != first.after }) else { return traces.last }
        let ends = Self.ends(of: known, from: known.contains(where: \.isFirst) ? [] : start)
        return traces.last { !$0.isKnown || ends.contains($0.after) } ?? traces.last
    }

    /// The states that the object may have had at the end of the second.
    private static func ends(of traces: [Trace], from start: Trace.State?) -> Set<Trace.State> {
        // If no walk begins at `start`, one may begin elsewhere: the delivery that led from `start` to there is missing
        // then.
        for start in start == nil ? [nil] : [start, nil] {
            let ends = StateGraph.all(traces, from: start).flatMap { $0.ends(isStartKnown: start != nil) }
            if !ends.isEmpty { return Set(ends) }
        }
        return [likeliestEnd(of: traces, from: start)]
    }

    /// The state that fits best to the sum of all changes, for when a delivery is missing or a snapshot was taken late.
    private static func likeliestEnd(of traces: [Trace], from start: Trace.State?) -> Trace.State {
        guard let graph = StateGraph.all(traces, from: start).min(by: { $0.imbalance < $1.imbalance }) else {
            return []
        }
        // GitHub sends a `labeled` for each label that an issue is opened with, although `opened` shows these labels
        // already.
        let gained = Set(traces.filter { !$0.isFirst }.flatMap(\.gained))
        let origin = traces.last(where: \.isFirst)?.after.subtracting(gained) ?? start ?? graph.onlyStart
        var sums: [Feature: Int] = [:]
        for (trace, change) in zip(traces, graph.changes) where !trace.isFirst {
            for feature in change.gained { sums[feature, default: 0] += 1 }
            for feature in change.lost { sums[feature, default: 0] -= 1 }
        }
        func rank(_ trace: Trace) -> [Int] {
            let fitting = sums.filter { feature, sum in
                let isExpected = sum > 0 || sum == 0 && origin?.contains(feature) == true
                return trace.after.contains(feature) == isExpected && (sum != 0 || origin != nil)
            }
            let others = origin.map { $0.symmetricDifference(trace.after).subtracting(sums.keys).count } ?? 0
            return [fitting.count, others, graph.balance(of: trace.after)]
        }
        let ranked = traces.map { (rank($0), $0.after) }
        return ranked.max { $0.0.lexicographicallyPrecedes($1.0) || $0.0 == $1.0 }?.1 ?? []
    }
}
