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
