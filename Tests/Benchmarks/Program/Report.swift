import Foundation

/// What the parts measured, as a table, as JSON and as a picture.
struct Report {
    private let about: [(name: String, value: String)]
    private let comparisons: [Comparison]

    /// Reads lines of `Measurement`, and lines `about`, name and value, separated by tabs.
    init(file: String) throws {
        var about: [(name: String, value: String)] = []
        var subjects: [Measurement.Subject] = []
        var measurements: [Measurement.Subject: [Measurement]] = [:]
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: "\t").map(String.init)
            if fields.count == 3, fields[0] == "about" {
                about.append((fields[1], fields[2]))
            } else if let measurement = Measurement(line) {
                if measurements[measurement.subject] == nil { subjects.append(measurement.subject) }
                measurements[measurement.subject, default: []].append(measurement)
            } else {
                throw BenchmarkProblem("not a measurement: \(line)")
            }
        }
        self.about = about
        // All of a case together, in the order in which the cases began.
        let cases = subjects.map { [$0.part, $0.name] }
        comparisons = subjects.enumerated()
            .map { (place: (cases.firstIndex(of: cases[$0.offset]) ?? 0, $0.offset), subject: $0.element) }
            .sorted { $0.place < $1.place }
            .map { Comparison($0.subject, measurements[$0.subject] ?? []) }
    }

    /// Prints the table; the directory gets results.json and, if there are ratios, ratios.svg.
    func write(to directory: String) throws {
        for (name, value) in about { print("\(name): \(value)") }
        print("\nMedians; a ratio is ours : limit, the median of the rounds and (lowest–highest).\n")
        print(Comparison.heading)
        for comparison in comparisons { print(comparison.row) }
        let folder = URL(fileURLWithPath: directory, isDirectory: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let document = Document(about: Dictionary(about.map { ($0.name, $0.value) }) { $1 }, comparisons: comparisons)
        try encoder.encode(document).write(to: folder.appendingPathComponent("results.json"))
        let bars = comparisons.compactMap(\.bar)
        guard !bars.isEmpty else { return }
        let chart = BarChart(title: "ours : limit, median and spread of the rounds", bars: bars)
        try Data(chart.svg.utf8).write(to: folder.appendingPathComponent("ratios.svg"))
    }

    private struct Document: Encodable {
        let about: [String: String]
        let comparisons: [Comparison]
    }
}
