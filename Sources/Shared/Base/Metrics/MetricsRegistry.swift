/// The metrics of a program, declared at start and rendered for Prometheus in the order of their declaration.
package struct MetricsRegistry: Sendable {
    package enum Kind: String, Sendable { case counter, gauge, histogram }

    private struct Metric: Sendable {
        let name: String
        let help: String
        let kind: Kind
        let samples: @Sendable () -> [MetricSample]
    }

    private var metrics: [Metric] = []

    package init() {}

    package mutating func counter(_ name: String, _ help: String) -> Counter {
        let counter = Counter()
        observed(.counter, name, help) { [MetricSample(value: Double(counter.value))] }
        return counter
    }

    /// A counter with one series for each of `labels`; `pairs` gives what a label stands for on the page.
    package mutating func counters<Label: Hashable & Sendable>(
        _ name: String,
        _ help: String,
        for labels: [Label],
        _ pairs: (Label) -> [(name: String, value: String)]
    ) -> Counters<Label> {
        let series = labels.map { (label: $0, pairs: pairs($0), counter: Counter()) }
        let shown = series.map { (pairs: $0.pairs, counter: $0.counter) }
        observed(.counter, name, help) {
            shown.map { MetricSample(labels: $0.pairs, value: Double($0.counter.value)) }
        }
        return Counters(Dictionary(uniqueKeysWithValues: series.map { ($0.label, $0.counter) }))
    }

    /// `labels` stand on each of its lines.
    package mutating func histogram(
        _ name: String,
        _ help: String,
        labels: [(name: String, value: String)] = [],
        bounds: [Double]
    ) -> Histogram {
        let histogram = Histogram(bounds: bounds)
        observed(.histogram, name, help) { histogram.samples(labels) }
        return histogram
    }

    /// A metric whose value is looked up when the page is rendered.
    package mutating func gauge(_ name: String, _ help: String, _ read: @escaping @Sendable () -> Int) {
        observed(.gauge, name, help) { [MetricSample(value: Double(read()))] }
    }

    /// A metric whose series are looked up when the page is rendered.
    package mutating func observed(
        _ kind: Kind,
        _ name: String,
        _ help: String,
        _ samples: @escaping @Sendable () -> [MetricSample]
    ) {
        precondition(!metrics.contains { $0.name == name }, "two metrics named \(name)")
        metrics.append(Metric(name: name, help: help, kind: kind, samples: samples))
    }

    /// The page in Prometheus' text format, version 0.0.4.
    package func render() -> String {
        var page = ""
        for metric in metrics {
            let help = metric.help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
            page += "# HELP \(metric.name) \(help)\n# TYPE \(metric.name) \(metric.kind.rawValue)\n"
            for sample in metric.samples() { page += sample.line(metric.name) }
        }
        return page
    }

    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"
}
