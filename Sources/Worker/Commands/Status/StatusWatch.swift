import Base
import Database
import Foundation
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
                try await loop(connection) { view in
                    try screen.show { size in
                        view.lines(columns: size.columns, rows: size.rows, isColoured: output.isColoured)
                    }
                }
            }
        }
    }

    /// Nothing is written, so nothing has to be finished: a statement that hangs must not hold the terminal.
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

    private func loop(_ connection: Connection, show: (StatusView) throws -> Void) async throws {
        var isChecked = false
        var last: StatusReading?
        while true {
            do {
                if !isChecked { try await connection.checkSchema(Migration.all()) }
                isChecked = true
                let reading = try await StatusReading(over: connection)
                last = reading
                try show(StatusView(reading: reading, problem: nil, at: .now, interval: interval))
            } catch let error as DatabaseError where [.unavailable, .conflict, .timeout].contains(error.cause) {
                let problem = Program.description(of: error)
                try show(StatusView(reading: last, problem: problem, at: .now, interval: interval))
            }
            try await Task.sleep(for: .seconds(interval))
        }
    }

    /// What a refresh is where nothing can be overwritten.
    private func block(_ view: StatusView) -> [String] {
        if json { return [view.json.text] }
        return view.lines(columns: context.output.size?.columns, rows: nil, isColoured: false) + [""]
    }
}
