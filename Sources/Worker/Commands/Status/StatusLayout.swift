import Inspect

/// Arranges a reading on a screen.
struct StatusLayout: Sendable {
    let reading: StatusReading
    let isColoured: Bool

    /// A list that shows as many rows as there is room for.
    private struct Section {
        let heading: String
        let rows: [String]
        /// How many more rows there are, which were not read.
        let others: Int
        var summary = ""

        var wanted: Int { rows.count + (others > 0 ? 1 : 0) }

        func lines(_ count: Int) -> [String] {
            guard count < wanted || others > 0 else { return [heading] + rows }
            let shown = rows.prefix(max(0, min(count, wanted) - 1))
            return [heading] + shown + ["and \(rows.count - shown.count + others) more\(summary)"]
        }
    }

    /// At most `rows` lines of at most `columns` cells; where these are nil, nothing is left out or cut.
    func lines(columns: Int?, rows: Int?) -> [String] {
        let tables = StatusTables(reading: reading, isForPeople: columns != nil)
        var lines = ["Queue"] + cut(tables.queue, columns.map { $0 - 2 }).map { "  \($0)" } + [""]
        lines += speed(tables, columns) + [""]
        if let outbound = tables.outbound { lines += cut(outbound, columns) + [""] }
        let sections = self.sections(tables, columns)
        let room = rows.map { $0 - lines.count - 2 * sections.count + 1 }
        let granted = Self.share(room, sections.map(\.wanted))
        lines += zip(sections, granted).map { $0.lines($1) }.joined(separator: [""])
        return rows.map { Array(lines.prefix($0)) } ?? lines
    }

    /// Rates and latencies, beside each other where both fit.
    private func speed(_ tables: StatusTables, _ columns: Int?) -> [String] {
        let gap = 4
        let rates = tables.rates.lines(width: nil, isDecorated: false)
        let latency = cut(tables.latency, columns)
        let width = rates.map { TextWidth.of($0) }.max() ?? 0
        let plain = tables.latency.lines(width: nil, isDecorated: false).map { TextWidth.of($0) }.max() ?? 0
        guard let columns, width + gap + plain <= columns else { return cut(tables.rates, columns) + [""] + latency }
        return zip(zip(rates, cut(tables.rates, columns)), latency).map { rate, latency in
            rate.1 + String(repeating: " ", count: width + gap - TextWidth.of(rate.0)) + latency
        }
    }

    private func sections(_ tables: StatusTables, _ columns: Int?) -> [Section] {
        func section(_ table: Table, stopped: Int = 0, others: Int = 0, summary: String = "") -> Section {
            let lines = cut(table, columns)
            let rows = Array(lines.dropFirst()) + (stopped > 0 ? ["\(stopped) stopped"] : [])
            return Section(heading: lines[0], rows: rows, others: others, summary: summary)
        }
        func none(_ title: String) -> Section { Section(heading: "\(title): none", rows: [], others: 0) }
        let fleet = reading.fleet
        let workers =
            fleet.workers.isEmpty
            ? none("Workers")
            : section(
                tables.fleet,
                stopped: fleet.stopped,
                others: fleet.total - fleet.stopped - fleet.workers.count { $0.state != "stopped" },
                summary: ": \(fleet.summary) in all"
            )
        let ingest =
            reading.ingest.isEmpty
            ? none("Ingest")
            : section(tables.ingest, stopped: reading.ingest.count { $0.state == "stopped" })
        let limits = reading.limits.isEmpty ? [] : [section(tables.limits)]
        let pings = reading.ingest.pings.isEmpty ? [] : [section(tables.pings)]
        let refusals = reading.ingest.refusals.isEmpty ? [] : [section(tables.refusals)]
        let unknown = reading.ingest.unknownRepositories.isEmpty ? [] : [section(tables.unknown)]
        return [workers, ingest] + limits + pings + refusals + unknown + [
            reading.causes.isEmpty ? none("Failures by cause") : section(tables.causes)
        ]
    }

    private func cut(_ table: Table, _ columns: Int?) -> [String] {
        table.lines(width: columns, isDecorated: false, isColoured: isColoured)
    }

    /// Distributes the lines: two to each section, then one at a time to each that wants more.
    private static func share(_ room: Int?, _ wanted: [Int]) -> [Int] {
        guard let room else { return wanted }
        var granted = wanted.map { min($0, 2) }
        while granted.reduce(0, +) < room, granted != wanted {
            for index in wanted.indices where granted[index] < wanted[index] && granted.reduce(0, +) < room {
                granted[index] += 1
            }
        }
        return granted
    }
}
