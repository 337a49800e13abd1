import Foundation

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

    /// Each of its lines has `labels`.
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

extension MetricsRegistry {
    /// Declares the metrics that both programs have: name and version, and the time of the start.
    package mutating func declareProcess(_ program: String) {
        observed(.gauge, "plane_build_info", "1, with the version and the name of the program.") {
            [
                MetricSample(
                    labels: [("version", Version.current.description), ("program", program)],
                    value: 1
                )
            ]
        }
        let start = Date().timeIntervalSince1970
        observed(.gauge, "process_start_time_seconds", "Start of the process in seconds since 1970.") {
            [MetricSample(value: start)]
        }
    }
}

/// One line of the metrics page, without its metric's name.
package struct MetricSample: Sendable {
    let suffix: String
    let labels: [(name: String, value: String)]
    let value: Double

    package init(labels: [(name: String, value: String)] = [], value: Double) {
        self.init(suffix: "", labels: labels, value: value)
    }

    init(suffix: String, labels: [(name: String, value: String)] = [], value: Double) {
        self.suffix = suffix
        self.labels = labels
        self.value = value
    }

    func line(_ name: String) -> String {
        let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        return "\(name)\(suffix)\(pairs.isEmpty ? "" : "{\(pairs)}") \(Self.number(value))\n"
    }

    /// Whole numbers without a fraction; infinities and NaN in Prometheus' spelling.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? String(value)
    }

    /// Label values: backslash, quote and line feed are escaped.
    static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
