import Base
import Database
import Foundation
import Inspect
import JSON

/// Shows the status again and again until SIGINT or SIGTERM.
struct StatusWatch: Sendable {
    let context: CommandContext
    /// Seconds from one reading to the next.
    let interval: Int
    let json: Bool

    func run() async throws {
        let connection = try context.uncheckedConnection(for: StatusCommand.help.name)
        let output = context.output
        guard output.canMoveCursor, !json else {
            return try await untilSignal {
            } body: {
                try await loop(connection) { try output.print(block($0)) }
            }
        }
        try await LiveScreen.with(output) { screen in
            try await untilSignal {
                screen.close()
            } body: {
                try await loop(connection) { refresh in
                    try screen.show { size in
                        refresh.lines(columns: size.columns, rows: size.rows, isColoured: output.isColoured)
                    }
                }
            }
        }
    }

    /// Ends the program at once at a signal: nothing is written to the database, and a statement that hangs must not
    /// block the terminal.
    private func untilSignal(
        _ finish: @escaping @Sendable () -> Void,
        body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await Signals.cancelling {
            try await withTaskCancellationHandler(operation: body) {
                finish()
                _exit(0)
            }
        }
    }

    private func loop(_ connection: Connection, show: (StatusRefresh) throws -> Void) async throws {
        var isChecked = false
        var last: StatusReading?
        while true {
            do {
                if !isChecked { try await connection.checkSchema(Migration.all()) }
                isChecked = true
                let reading = try await connection.statusReading()
                last = reading
                try show(StatusRefresh(reading: reading, problem: nil, at: .now, interval: interval))
            } catch let error as DatabaseError where [.unavailable, .conflict, .timeout].contains(error.cause) {
                let problem = Program.description(of: error, in: StatusCommand.help)
                try show(StatusRefresh(reading: last, problem: problem, at: .now, interval: interval))
            }
            try await Task.sleep(for: .seconds(interval))
        }
    }

    /// The lines of a refresh for output that cannot be overwritten, such as a pipe.
    private func block(_ refresh: StatusRefresh) -> [String] {
        if json { return [refresh.json.text] }
        return refresh.lines(columns: context.output.size?.columns, rows: nil, isColoured: false) + [""]
    }
}

/// One refresh of `status --watch`.
struct StatusRefresh: Sendable {
    /// The last reading that succeeded; nil when none has yet.
    let reading: StatusReading?
    /// Why there is no newer reading, in one line.
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
        func line(_ text: String, _ colour: TextColour?) -> String {
            let text = columns.map { TextWidth.cut(Printable.line(text), to: $0) } ?? Printable.line(text)
            return isColoured ? colour?.applied(to: text) ?? text : text
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
