import Foundation
import Inspect

/// Figures over time as drawings: one place for each minute, hour, day or month, also where nothing was finished.
struct AnalyticsChart: Sendable {
    private let places: [(key: String, figures: EventStatistics?)]
    private let range: AnalyticsRange

    init(_ figures: [EventStatistics], _ range: AnalyticsRange) {
        let byKey = Dictionary(figures.map { ($0.key, $0) }) { first, _ in first }
        places = range.keys.map { ($0, byKey[$0]) }
        self.range = range
    }

    /// What was applied, what was left as it is and what failed, above each other, and what was received as a line.
    var events: HTML {
        let received = places.map { $0.figures?.received ?? 0 }
        let scale = ChartScale(most: max(received.max() ?? 0, places.map { $0.figures?.finished ?? 0 }.max() ?? 0))
        let bars = places.enumerated().map { index, place -> HTML in
            guard let figures = place.figures else { return "" }
            let parts: [(HTML, from: Int, count: Int)] = [
                ("done", 0, figures.applied), ("left", figures.applied, figures.superseded + figures.ignored),
                ("fail", figures.completed, figures.failed),
            ]
            let drawn = parts.filter { $0.count > 0 }.map { part -> HTML in
                """
                <rect class="\(part.0)" x="\(index).1" y="\(scale.y(part.from + part.count))" width=".8" \
                height="\(scale.height(part.count))"/>
                """
            }
            return """
                <g><title>\(range.label(place.key)): \(figures.received) received, \(figures.applied) applied, \
                \(figures.superseded + figures.ignored) left as they are, \(figures.failed) failed</title>\(drawn)</g>
                """
        }
        let legend = [("done", "applied"), ("left", "left as is"), ("fail", "failed")].map { style, word -> HTML in
            "<span>\(MinuteChart.swatch("<rect class=\"\(style)\" width=\"12\" height=\"12\" rx=\"2\"/>")) \(word)</span>"
        }
        let line: HTML = "<path class=\"came\" d=\"\(scale.steps(received))\"/>"
        return plot(
            "Events",
            top: Number.grouped(scale.top),
            bars + [line],
            ["<span>\(MinuteChart.received) received</span>"] + legend
        )
    }

    /// The part that did not fail, from nothing to all of it.
    var success: HTML {
        plot(
            "Success rate",
            top: "100 %",
            [line { $0.successRate.map { 100 - $0 * 100 } }, dots { $0.successRate.map { 100 - $0 * 100 } }],
            []
        )
    }

    /// Percentiles of the time from receipt to completion; each line across is ten times the one below.
    var latency: HTML {
        let values = places.compactMap(\.figures).flatMap { [$0.p50, $0.p95, $0.p99] }.compactMap(\.self)
        guard let least = values.min(), let most = values.max() else { return .empty("Nothing was completed") }
        let bottom = log10(max(least, 0.001)).rounded(.down)
        let top = max(log10(max(most, 0.001)).rounded(.up), bottom + 1)
        func y(_ seconds: Double?) -> Double? {
            seconds.map { (top - log10(max($0, 0.001))) / (top - bottom) * 100 }
        }
        let lines: [(HTML, HTML, dash: HTML, (EventStatistics) -> Double?)] = [
            ("p50", "ok", "none", { y($0.p50) }), ("p95", "run", "5 3", { y($0.p95) }),
            ("p99", "bad", "2 2", { y($0.p99) }),
        ]
        let drawn = lines.map { line -> HTML in
            "<g class=\"\(line.1)\" stroke-dasharray=\"\(line.dash)\">\(self.line(line.3))\(dots(line.3))</g>"
        }
        let legend = lines.map { line -> HTML in
            let swatch: HTML = """
                <path class="\(line.1)" d="M0 6H12" stroke="currentColor" stroke-width="2" \
                stroke-dasharray="\(line.dash)"/>
                """
            return "<span>\(MinuteChart.swatch(swatch)) \(line.0)</span>"
        }
        let across = stride(from: bottom, through: top, by: 1).map { y(pow(10, $0)) ?? 0 }
        let note = "\(Number.duration(pow(10, bottom))) to \(Number.duration(pow(10, top)))"
        return plot("Latency", top: note, across: across, drawn, legend)
    }

    private func plot(
        _ name: String,
        top: String,
        across: [Double] = [0, 50, 100],
        _ drawing: [HTML],
        _ legend: [HTML]
    ) -> HTML {
        let count = max(places.count, 1)
        let axes = across.map { y in "M0 \(Self.number(min(max(y, 0.5), 99.5)))H\(count)" }.joined()
        let ends = [
            places.first, places.count > 2 ? places[places.count / 2] : nil, places.count > 1 ? places.last : nil,
        ]
        let marks = ends.compactMap(\.self).map { place -> HTML in "<span>\(range.label(place.key))</span>" }
        let shown: HTML? = legend.isEmpty ? nil : "<div class=\"legend\">\(legend)</div>"
        return """
            <div class="pad"><span class="scale soft">\(top)</span>\
            <svg class="chart" viewBox="0 0 \(count) 100" preserveAspectRatio="none" role="img" \
            aria-label="\(name); the table below has the numbers"><path class="axis" d="\(axes)"/>\(drawing)</svg>\
            <div class="scale soft">\(marks)</div>\(shown)</div>
            """
    }

    /// A line through the middles of the places that have a value, broken where one has none.
    private func line(_ y: (EventStatistics) -> Double?) -> HTML {
        var path = ""
        var isDrawing = false
        for (index, place) in places.enumerated() {
            guard let y = place.figures.flatMap(y) else {
                isDrawing = false
                continue
            }
            path += "\(isDrawing ? "L" : "M")\(index).5 \(Self.number(y))"
            isDrawing = true
        }
        return "<path d=\"\(path)\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/>"
    }

    /// A short stroke where a value has no neighbours, which a line would not show.
    private func dots(_ y: (EventStatistics) -> Double?) -> HTML {
        let values = places.map { $0.figures.flatMap(y) }
        let alone = values.indices.filter { index in
            values[index] != nil && (index == 0 || values[index - 1] == nil)
                && (index + 1 == values.count || values[index + 1] == nil)
        }
        let path = alone.map { index in "M\(index).2 \(Self.number(values[index] ?? 0))h.6" }.joined()
        return "<path d=\"\(path)\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>"
    }

    private static func number(_ value: Double) -> String { ChartScale.tenths(Int((value * 10).rounded())) }
}

extension AnalyticsRange {
    /// `10:30`, `12-01 10:00`, `2026-12-01` or `2026-12`, by what is counted.
    func label(_ key: String) -> String {
        switch step {
        case .minute: String(key.dropFirst(11).prefix(5))
        case .hour: String(key.dropFirst(5).prefix(11)).replacing("T", with: " ")
        case .month: String(key.prefix(7))
        default: String(key.prefix(10))
        }
    }
}
