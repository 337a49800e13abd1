import Synchronization

/// A histogram of Prometheus: counts how many observations are at or below each of its bounds.
package final class Histogram: Sendable {
    private struct State {
        var counts: [Int]
        var sum = 0.0
    }

    /// Upper bounds in ascending order; observations above the last one are counted too.
    package let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds must ascend")
        self.bounds = bounds
        state = Mutex(State(counts: [Int](repeating: 0, count: bounds.count + 1)))
    }

    package func observe(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    /// Observes seconds.
    package func observe(_ duration: Duration) {
        observe(duration / .seconds(1))
    }

    /// `labels` are those of the one series this histogram is.
    func samples(_ labels: [(name: String, value: String)]) -> [MetricSample] {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var total = 0
        var samples: [MetricSample] = []
        for (bound, count) in zip(bounds.map(MetricSample.number) + ["+Inf"], counts) {
            total += count
            samples.append(MetricSample(suffix: "_bucket", labels: labels + [("le", bound)], value: Double(total)))
        }
        samples.append(MetricSample(suffix: "_sum", labels: labels, value: sum))
        samples.append(MetricSample(suffix: "_count", labels: labels, value: Double(total)))
        return samples
    }

    /// From half a millisecond to ten seconds, with a bound at 60 ms, which 99 of 100 requests should not exceed.
    package static let seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
}
