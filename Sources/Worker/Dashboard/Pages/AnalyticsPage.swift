import Base
import Database
import Foundation
import Inspect
import JSON

/// `/analytics` says what was finished, by time, repository and type, and outlives the events themselves.
enum AnalyticsPage {
    /// How far back, and what one bar stands for.
    enum Range: String, CaseIterable {
        case day = "24h", week = "7d", month = "30d", year = "365d"

        var seconds: Int64 {
            switch self {
            case .day: 86_400
            case .week: 7 * 86_400
            case .month: 30 * 86_400
            case .year: 365 * 86_400
            }
        }

        var key: EventStatistics.Key { self == .day ? .hour : .day }
    }

    static func make(_ request: PageRequest) async throws -> Page {
        let range = try request.field("range").flatMap(Range.init) ?? .week
        let filter = StatisticsFilter(since: request.now.before(seconds: range.seconds))
        let connection = request.data.connection
        let times = try await connection.statistics(by: range.key, filter)
        let types = try await connection.statistics(by: .type, filter)
        let repositories = try await connection.statistics(by: .repository, filter)
        let names = try await PageRequest.permitted { try await connection.repositoryNames() } ?? [:]
        let choices = Range.allCases.map { choice -> HTML in
            let current: HTML = choice == range ? " aria-current=\"true\"" : ""
            return """
                <a class="button" href="\(request.link("/analytics?range=\(choice.rawValue)"))"\(current)>\(choice.rawValue)</a>
                """
        }
        let content: HTML =
            times.isEmpty
            ? "<section class=\"card\">\(.empty("Nothing was finished in this time", "Choose a longer one."))</section>"
            : """
            \(.card("Finished", note: range.key == .hour ? "in each hour, UTC" : "on each day, UTC", chart(times) + table(range.key == .hour ? "Hour" : "Day", times, { time($0, range) })))\
            \(.card("By repository", table("Repository", repositories, { id in Int64(id).flatMap { names[$0] } ?? id })))\
            \(.card("By type", table("Type", types, { $0 })))
            """
        return Page(
            "Analytics",
            in: .analytics,
            json: .object([
                "range": .string(range.rawValue), "by_time": .array(times.map(\.json)),
                "by_repository": .array(repositories.map(\.json)), "by_type": .array(types.map(\.json)),
            ]),
            """
            <div class="head"><div><h1>Analytics</h1><p class="sub">What was finished, and how fast</p></div>\
            <nav class="actions" aria-label="How far back">\(choices)</nav></div>\(content)
            """
        )
    }

    /// `12-01 10:00` or `2026-12-01`.
    private static func time(_ key: String, _ range: Range) -> String {
        range == .day ? String(key.dropFirst(5).prefix(11)).replacing("T", with: " ") : String(key.prefix(10))
    }

    private static func table(
        _ title: String,
        _ rows: [EventStatistics],
        _ name: (String) -> String
    ) -> HTML {
        let cells = rows.map { row -> HTML in
            let rate = row.successRate.map { String(format: "%.1f %%", $0 * 100) } ?? "–"
            let latencies = [row.p50, row.p95, row.p99].map { value -> HTML in
                "<td class=\"n\">\(value.map(Number.duration) ?? "–")</td>"
            }
            return """
                <tr><th scope="row">\(name(row.key))</th><td class="n">\(Number.grouped(row.applied))</td>\
                <td class="n">\(Number.grouped(row.superseded + row.ignored))</td>\
                <td class="n">\(Number.grouped(row.failed))</td><td class="n">\(rate)</td>\(latencies)</tr>
                """
        }
        return .table(
            "Finished by \(title.lowercased())",
            [
                .init(title), .number("Applied"), .number("Left as is"), .number("Failed"), .number("Success"),
                .number("p50"), .number("p95"), .number("p99"),
            ],
            cells
        )
    }

    /// A bar for each hour or day in which something was finished; the table beneath has the numbers.
    private static func chart(_ rows: [EventStatistics]) -> HTML {
        let most = max(1, rows.map(\.finished).max() ?? 1)
        let bars = rows.enumerated().map { index, row -> HTML in
            let done = row.completed * 100 / most
            let failed = (row.failed * 100 + most - 1) / most
            return """
                <g><title>\(row.key): \(row.completed) completed, \(row.failed) failed</title>\
                <rect class="done" x="\(index).1" y="\(100 - done)" width=".8" height="\(done)"/>\
                <rect class="fail" x="\(index).1" y="\(max(0, 100 - done - failed))" width=".8" height="\(failed)"/></g>
                """
        }
        return """
            <div class="pad"><span class="scale soft">\(Number.grouped(most))</span>\
            <svg class="chart" viewBox="0 0 \(max(rows.count, 12)) 100" preserveAspectRatio="none" role="img" \
            aria-label="Finished events; the table below has the numbers">\(bars)</svg></div>
            """
    }
}
