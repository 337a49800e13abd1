import Foundation

/// One line of the report: our figure, and the limit's where there is one, round by round.
struct Comparison: Encodable {
    let part, name, figure: String
    let ours, limit: [Double]
    /// Ours by the limit's, of the rounds that have both.
    let ratios: [Double]

    init(_ subject: Measurement.Subject, _ measurements: [Measurement]) {
        part = subject.part
        name = subject.name
        figure = subject.figure
        let rounds = Dictionary(grouping: measurements, by: \.round).sorted { $0.key < $1.key }.map { round in
            (
                ours: round.value.first { $0.side == "ours" }?.value,
                limit: round.value.first { $0.side == "limit" }?.value
            )
        }
        ours = rounds.compactMap(\.ours)
        limit = rounds.compactMap(\.limit)
        ratios = rounds.compactMap { round in
            guard let ours = round.ours, let limit = round.limit, limit > 0 else { return nil }
            return ours / limit
        }
    }

    static let heading = row(["part", "case", "figure", "ours", "limit", "ratio"])

    var row: String {
        let spread = [ratios.min(), ratios.max()].map(Self.text).joined(separator: "–")
        let ratio = Self.median(ratios).map { "\(Self.text($0)) (\(spread))" }
        return Self.row([
            part, name, figure, Self.text(Self.median(ours)), Self.text(Self.median(limit)), ratio ?? "",
        ])
    }

    var bar: BarChart.Bar? {
        guard let median = Self.median(ratios), let low = ratios.min(), let high = ratios.max() else { return nil }
        return BarChart.Bar(name: "\(part), \(name): \(figure)", value: median, low: low, high: high)
    }

    private static func row(_ columns: [String]) -> String {
        zip(columns, [8, 27, 36, 10, 10, 0]).map { text, width in
            text + String(repeating: " ", count: max(1, width - text.count))
        }.joined()
    }

    private static func median(_ values: [Double]) -> Double? {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return nil }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// Three digits that mean something; nothing for a missing figure.
    private static func text(_ value: Double?) -> String {
        guard let value else { return "" }
        let digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3
        return String(format: "%.\(digits)f", value)
    }
}
