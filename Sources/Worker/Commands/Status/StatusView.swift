import Base
import JSON

/// One refresh of `status --watch`.
struct StatusView: Sendable {
    /// The last one that could be had; nil when none could yet.
    let reading: StatusReading?
    /// Why there is no newer one, in one line.
    let problem: String?
    /// By this machine's clock.
    let at: Timestamp
    /// Seconds.
    let interval: Int

    var json: JSONValue {
        guard let reading, problem == nil else {
            return .object(["at": .string(at.description), "error": .optional(problem)])
        }
        return reading.json
    }

    /// A line about the refresh itself, then the reading.
    func lines(columns: Int?, rows: Int?, isColoured: Bool) -> [String] {
        func line(_ text: String, _ tint: Tint?) -> String {
            let text = columns.map { TextWidth.cut(Printable.line(text), to: $0) } ?? Printable.line(text)
            return isColoured ? tint?.applied(to: text) ?? text : text
        }
        var head = [line("plane-worker status at \(Self.clock(at)), every \(interval) s, until Ctrl-C", nil)]
        if let problem {
            let age = reading.map { "as of \(Self.clock($0.queue.at)): " } ?? ""
            head.append(line(age + problem, .red))
        } else {
            head.append("")
        }
        guard let reading else { return head }
        return head
            + StatusLayout(reading: reading, isColoured: isColoured)
            .lines(columns: columns, rows: rows.map { max(0, $0 - head.count) })
    }

    /// `2026-03-02 10:30:00 UTC`.
    private static func clock(_ time: Timestamp) -> String {
        time.description.prefix(19).replacing("T", with: " ") + " UTC"
    }
}
