import Base

/// The last hour as bars: what was completed and what failed in each minute, and what came as a line.
struct MinuteChart: Sendable {
    let minutes: [MinuteCounts]

    private var scale: ChartScale {
        ChartScale(most: minutes.map { max($0.received, $0.completed + $0.failed) }.max() ?? 0)
    }

    var html: HTML {
        let scale = scale
        let bars = minutes.enumerated().filter { $1.received + $1.completed + $1.failed > 0 }.map {
            bar($0, $1, scale)
        }
        let total = minutes.reduce((0, 0, 0)) { ($0.0 + $1.received, $0.1 + $1.completed, $0.2 + $1.failed) }
        return """
            <div class="pad"><div class="plot"><span class="scale soft">\(Number.grouped(scale.top))</span>\
            <svg class="chart" viewBox="0 0 \(minutes.count) 100" preserveAspectRatio="none" role="img" \
            aria-label="Events in each minute of the last hour; the table below has the numbers">\
            <path class="axis" d="M0 .5H\(minutes.count)M0 50H\(minutes.count)M0 99.5H\(minutes.count)"/>\(bars)\
            <path class="came" d="\(scale.steps(minutes.map(\.received)))"/></svg></div>
            <div class="scale soft"><span>60 min ago</span><span>30 min ago</span><span>now</span></div>
            <div class="legend"><span>\(Self.received)
            received \(Number.grouped(total.0))</span>
            <span>\(Self.swatch("<rect class=\"done\" width=\"12\" height=\"12\" rx=\"2\"/>"))
            completed \(Number.grouped(total.1))</span>
            <span>\(Self.swatch("<rect class=\"fail\" width=\"12\" height=\"12\" rx=\"2\"/>"))
            failed \(Number.grouped(total.2))</span></div></div>
            <details><summary>Show as a table</summary>\(table)</details>
            """
    }

    /// The sign of the line for what was received.
    static var received: HTML { swatch("<line class=\"came\" x1=\"0\" y1=\"6\" x2=\"12\" y2=\"6\"/>") }

    static func swatch(_ drawing: HTML) -> HTML {
        "<svg class=\"chart\" viewBox=\"0 0 12 12\" aria-hidden=\"true\">\(drawing)</svg>"
    }

    private func bar(_ index: Int, _ minute: MinuteCounts, _ scale: ChartScale) -> HTML {
        let fail: HTML? =
            minute.failed > 0
            ? """
            <rect class="fail" x="\(index).1" y="\(scale.y(minute.completed + minute.failed))" width=".8" \
            height="\(scale.height(minute.failed))"/>
            """ : nil
        return """
            <g><title>\(Self.clock(minute.minute)): \(minute.received) received, \(minute.completed) completed, \
            \(minute.failed) failed</title><rect class="done" x="\(index).1" y="\(scale.y(minute.completed))" width=".8" \
            height="\(scale.height(minute.completed))"/>\(fail)</g>
            """
    }

    private var table: HTML {
        let rows = minutes.reversed().filter { $0.received + $0.completed + $0.failed > 0 }.map { minute -> HTML in
            """
            <tr><th scope="row">\(Self.clock(minute.minute))</th><td class="n">\(minute.received)</td>\
            <td class="n">\(minute.completed)</td><td class="n">\(minute.failed)</td></tr>
            """
        }
        guard !rows.isEmpty else { return "<p class=\"pad soft\">Nothing happened in the last hour.</p>" }
        return .table(
            "Events in each minute",
            ["Minute, UTC", .number("Received"), .number("Completed"), .number("Failed")],
            rows
        )
    }

    /// `10:30`.
    private static func clock(_ time: Timestamp) -> String { String(time.description.dropFirst(11).prefix(5)) }
}
