import Database
import Foundation
import Base
import Inspect

/// The page of what was finished.
struct AnalyticsView {
    let request: PageRequest
    let search: AnalyticsSearch
    let times: [EventStatistics]
    let types: [EventStatistics]
    let repositories: [EventStatistics]

    private var range: AnalyticsRange { search.range }

    var html: HTML {
        """
        <div class="head"><div><h1>Analytics</h1><p class="sub">What was received and finished in \(range.words), and \
        how fast</p></div><nav class="actions" aria-label="How far back">\(presets)</nav></div>\(filters)\(content)
        """
    }

    private var content: HTML {
        guard !times.isEmpty else {
            let next: HTML = "Choose a longer one: what was finished is kept for longer than the events."
            return "<section class=\"card\">\(.empty("Nothing was finished in this time", next))</section>"
        }
        let chart = AnalyticsChart(times, range)
        return """
            \(totals)\(.card("Events", note: "in each \(range.step.unit), UTC", chart.events + folded(times)))\
            <div class="grid">\(.card("Latency", note: "from receipt to completion", chart.latency))\
            \(.card("Success rate", note: "what did not fail", chart.success))</div>\
            \(table("repository", repositories) { search.names[$0] ?? ($0 == "0" ? "none" : "repository \($0)") })\
            \(table("type", types) { $0 })\(files)
            """
    }

    private var presets: [HTML] {
        AnalyticsRange.Preset.allCases.map { preset -> HTML in
            let query = search.query.with("from", nil).with("to", nil).with("range", preset.rawValue)
            let current: HTML = preset == range.preset ? " aria-current=\"true\"" : ""
            return
                "<a class=\"button\" href=\"\(request.link("/analytics" + query.text))\"\(current)>\(preset.rawValue)</a>"
        }
    }

    private var filters: HTML {
        let types = EventType.allCases.map { type -> HTML in
            "<option\(" selected", when: type == search.filter.type)>\(type.rawValue)</option>"
        }
        return """
            <form class="filters" method="get" action="\(request.link("/analytics"))">\
            \(day("from", "From", range.from))\(day("to", "To", range.to))\
            <div><label for="repository">Repository</label><input id="repository" name="repository" \
            value="\(search.repository)" placeholder="owner/name"></div>\
            <div><label for="type">Type</label><select id="type" name="type"><option value="">any</option>\(types)\
            </select></div><div><button>Show</button></div></form>
            """
    }

    /// A field for a date, or for the time that the address has.
    private func day(_ name: String, _ title: String, _ value: String?) -> HTML {
        let type: HTML = value.map(Moment.isDate) ?? true ? "date" : "text"
        return """
            <div><label for="\(name)">\(title)</label><input id="\(name)" name="\(name)" type="\(type)" \
            value="\(value)"></div>
            """
    }

    private var totals: HTML {
        let received = times.reduce(0) { $0 + $1.received }
        let completed = times.reduce(0) { $0 + $1.completed }
        let ignored = times.reduce(0) { $0 + $1.ignored + $1.superseded }
        let failed = times.reduce(0) { $0 + $1.failed }
        let rate = Double(completed) / Double(max(completed + failed, 1))
        return """
            <dl class="figures">\(.figure("Received", "\(Number.grouped(received))"))\
            \(.figure("Completed", "\(Number.grouped(completed))"))\
            \(.figure("Left as is", "\(Number.grouped(ignored))", "ignored, or Plane had something newer"))\
            \(.figure("Failed", "\(Number.grouped(failed))"))\
            \(.figure("Success rate", "\(Number.percent(rate))"))</dl>
            """
    }

    private func folded(_ rows: [EventStatistics]) -> HTML {
        "<details><summary>Show as a table</summary>\(figures(range.step.unit, rows.reversed(), range.label))</details>"
    }

    private func table(_ unit: String, _ rows: [EventStatistics], _ name: (String) -> String) -> HTML {
        let shown = AnalyticsPage.largest(rows)
        let note: HTML? =
            shown.count < rows.count
            ? "the largest \(shown.count) of \(Number.grouped(rows.count)); the file has all" : nil
        return .card("By \(unit)", note: note, figures(unit, shown, name))
    }

    private func figures(_ unit: String, _ rows: [EventStatistics], _ name: (String) -> String) -> HTML {
        let cells = rows.map { row -> HTML in
            let latencies = [row.p50, row.p95, row.p99].map { value -> HTML in
                "<td class=\"n\">\(value.map(Number.duration) ?? "–")</td>"
            }
            return """
                <tr><th scope="row">\(name(row.key))</th><td class="n">\(Number.grouped(row.received))</td>\
                <td class="n">\(Number.grouped(row.completed))</td>\
                <td class="n">\(Number.grouped(row.superseded + row.ignored))</td>\
                <td class="n">\(Number.grouped(row.failed))</td>\
                <td class="n">\(row.successRate.map(Number.percent) ?? "–")</td>\(latencies)</tr>
                """
        }
        let title = unit.prefix(1).uppercased() + unit.dropFirst()
        return .table(
            "Events by \(unit)",
            [
                .init(title), .number("Received"), .number("Completed"), .number("Left as is"), .number("Failed"),
                .number("Success"), .number("p50"), .number("p95"), .number("p99"),
            ],
            cells
        )
    }

    private var files: HTML {
        let links = ["time", "repository", "type"].map { by -> HTML in
            "<a href=\"\(request.link("/analytics.csv" + search.query.with("by", by).text))\">CSV by \(by)</a>"
        }
        return """
            <p class="sub">Take the figures along: \(links.joined(separator: " · ")) · \
            <a href="\(request.link("/api/analytics" + search.query.text))">JSON</a></p>
            """
    }
}
