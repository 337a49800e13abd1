import Foundation

/// What the parts measured, as a table, as JSON and as a picture.
struct Report {
    /// One figure of one side in one round; a line of the file has these six, separated by tabs.
    struct Measurement {
        let part, subject, side, metric: String
        let round: Int
        let value: Double
    }

    /// One line of the table: our figure, and the limit's where there is one.
    struct Line: Encodable {
        let part, subject, metric: String
        let ours: [Double]
        let limit: [Double]
        /// Ours by the limit's, round by round.
        let ratios: [Double]
    }

    private let about: [(name: String, value: String)]
    private let lines: [Line]

    init(file: String) throws {
        var about: [(name: String, value: String)] = []
        var measurements: [Measurement] = []
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: "\t").map(String.init)
            if fields.count == 3, fields[0] == "about" {
                about.append((fields[1], fields[2]))
            } else if fields.count == 6, let round = Int(fields[3]), let value = Double(fields[5]) {
                measurements.append(
                    Measurement(
                        part: fields[0],
                        subject: fields[1],
                        side: fields[2],
                        metric: fields[4],
                        round: round,
                        value: value
                    )
                )
            } else {
                throw BenchmarkProblem("not a measurement: \(line)")
            }
        }
        self.about = about
        lines = Self.lines(measurements)
    }

    private static func lines(_ measurements: [Measurement]) -> [Line] {
        var keys: [[String]] = []
        var values: [[String]: [String: [Int: Double]]] = [:]
        for one in measurements {
            let key = [one.part, one.subject, one.metric]
            if values[key] == nil { keys.append(key) }
            values[key, default: [:]][one.side, default: [:]][one.round] = one.value
        }
        let groups = keys.map { Array($0.prefix(2)) }
        let ordered = keys.enumerated().sorted { left, right in
            let group = { (key: [String]) in groups.firstIndex(of: Array(key.prefix(2))) ?? 0 }
            return (group(left.element), left.offset) < (group(right.element), right.offset)
        }.map(\.element)
        return ordered.map { key in
            let ours = values[key]?["ours"] ?? [:]
            let limit = values[key]?["limit"] ?? [:]
            let rounds = Set(ours.keys).union(limit.keys).sorted()
            return Line(
                part: key[0],
                subject: key[1],
                metric: key[2],
                ours: rounds.compactMap { ours[$0] },
                limit: rounds.compactMap { limit[$0] },
                ratios: rounds.compactMap { round in
                    guard let mine = ours[round], let other = limit[round], other > 0 else { return nil }
                    return mine / other
                }
            )
        }
    }

    /// Prints the table; the directory gets results.json and, if there are ratios, ratios.svg.
    func write(to directory: String) throws {
        for (name, value) in about { print("\(name): \(value)") }
        print("\nMedians; a ratio is ours : limit, the median of the rounds and (lowest–highest).\n")
        print(Self.row("part", "case", "figure", "ours", "limit", "ratio"))
        for line in lines {
            print(
                Self.row(
                    line.part,
                    line.subject,
                    line.metric,
                    Self.text(Self.median(line.ours)),
                    Self.text(Self.median(line.limit)),
                    Self.spread(line.ratios)
                )
            )
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let document = Document(about: Dictionary(about.map { ($0.name, $0.value) }) { $1 }, lines: lines)
        let folder = URL(fileURLWithPath: directory, isDirectory: true)
        try encoder.encode(document).write(to: folder.appendingPathComponent("results.json"))
        let bars = lines.compactMap { line in
            Self.median(line.ratios).map {
                BarChart.Bar(
                    name: "\(line.part), \(line.subject): \(line.metric)",
                    value: $0,
                    low: line.ratios.min() ?? $0,
                    high: line.ratios.max() ?? $0
                )
            }
        }
        guard !bars.isEmpty else { return }
        let chart = BarChart(title: "ours : limit", bars: bars)
        try Data(chart.svg.utf8).write(to: folder.appendingPathComponent("ratios.svg"))
    }

    private struct Document: Encodable {
        let about: [String: String]
        let lines: [Line]
    }

    static func median(_ values: [Double]) -> Double? {
        let sorted = values.sorted()
        guard let last = sorted.last else { return nil }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : min(sorted[middle], last)
    }

    private static func row(_ columns: String...) -> String {
        zip(columns, [8, 26, 34, 11, 11, 20]).map { text, width in
            text + String(repeating: " ", count: max(1, width - text.count))
        }.joined()
    }

    private static func spread(_ ratios: [Double]) -> String {
        guard let median = median(ratios), let low = ratios.min(), let high = ratios.max() else { return "" }
        return "\(text(median)) (\(text(low))–\(text(high)))"
    }

    /// Three digits that mean something; none of a missing figure.
    private static func text(_ value: Double?) -> String {
        guard let value else { return "" }
        let digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3
        return String(format: "%.\(digits)f", value)
    }
}
