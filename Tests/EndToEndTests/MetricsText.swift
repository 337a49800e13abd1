/// Reads a metrics page strictly and says what is wrong with it, independently of the code that wrote it.
///
/// Prometheus' text format, version 0.0.4.
struct MetricsText {
    private struct Series: Hashable {
        let name: String
        let labels: [String: String]
    }

    private(set) var problems: [String] = []
    private var types: [String: String] = [:]
    private var helped: Set<String> = []
    private var current = ""
    private var values: [Series: Double] = [:]

    init(_ page: String) {
        if !page.hasSuffix("\n") { problems.append("the last line has no end") }
        for line in page.split(separator: "\n", omittingEmptySubsequences: false).dropLast() { read(String(line)) }
        for (name, type) in types where type == "histogram" { checkHistogram(name) }
    }

    /// The value of the series of this name with exactly these labels.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        values[Series(name: name, labels: labels)]
    }

    private mutating func read(_ line: String) {
        if let match = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)/) {
            let name = String(match.1)
            if !helped.insert(name).inserted { problems.append("\(name) is explained twice") }
            if match.2.contains(/\\[^\\n]/) { problems.append("\(name)'s help has an odd escape") }
            current = name
        } else if let match = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)/) {
            let (name, type) = (String(match.1), String(match.2))
            if current != name { problems.append("the type of \(name) does not follow its help") }
            if types.updateValue(type, forKey: name) != nil { problems.append("\(name) has two types") }
            if type == "counter", !name.hasSuffix("_total") { problems.append("counter \(name) is no _total") }
        } else if let match = line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (\S+)/) {
            sample(String(match.1), labels: match.2.map(String.init) ?? "", value: String(match.3))
        } else {
            problems.append("odd line: \(line)")
        }
    }

    private mutating func sample(_ name: String, labels: String, value: String) {
        let type = types[current] ?? ""
        let names = type == "histogram" ? ["_bucket", "_sum", "_count"].map { current + $0 } : [current]
        if type.isEmpty || !names.contains(name) { problems.append("\(name) stands under \(current)") }
        guard let number = Self.number(value) else { return problems.append("\(name) is '\(value)'") }
        if type != "gauge", number < 0 || number.isNaN { problems.append("\(name) is \(number)") }
        var pairs: [String: String] = [:]
        var rest = labels.dropFirst().dropLast()[...]
        while let match = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(,|$)/) {
            if pairs.updateValue(String(match.2), forKey: String(match.1)) != nil {
                problems.append("\(name) has \(match.1) twice")
            }
            rest = rest[match.range.upperBound...]
        }
        if !rest.isEmpty || labels == "{}" || labels.hasSuffix(",}") { problems.append("\(name) has labels \(labels)") }
        if values.updateValue(number, forKey: Series(name: name, labels: pairs)) != nil {
            problems.append("\(name)\(labels) comes twice")
        }
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?/) == nil ? nil : Double(text)
        }
    }

    private mutating func checkHistogram(_ name: String) {
        let buckets = values.filter { $0.key.name == "\(name)_bucket" }
        let series = Dictionary(grouping: buckets) { $0.key.labels.filter { $0.key != "le" } }
        if series.isEmpty { problems.append("\(name) has no buckets") }
        for (labels, buckets) in series {
            let counts = buckets.map { (Self.number($0.key.labels["le"] ?? "") ?? .nan, $0.value) }
                .sorted { $0.0 < $1.0 }
            if counts.contains(where: \.0.isNaN) { problems.append("\(name) has a bucket without bound") }
            if counts.last?.0 != .infinity { problems.append("\(name) has no bucket for all") }
            if counts.map(\.1) != counts.map(\.1).sorted() { problems.append("\(name)'s buckets do not grow") }
            if value("\(name)_count", labels) != counts.last?.1 {
                problems.append("\(name) does not count its buckets")
            }
            if value("\(name)_sum", labels) == nil { problems.append("\(name) has no sum") }
        }
    }
}
