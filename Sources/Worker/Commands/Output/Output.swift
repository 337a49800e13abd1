import Base
import Foundation
import JSON

/// Where a command prints: results on standard output, everything else on standard error.
struct Output: Sendable {
    /// The reader of standard output has gone, as with `| head`: the command stops without an error.
    struct Closed: Error {}

    let isTerminal: Bool
    let isErrorTerminal: Bool
    /// Whether there is a person to ask.
    let isInteractive: Bool
    /// Whether the terminal can move the cursor.
    let canMoveCursor: Bool
    /// Whether colours may be used.
    let isColoured: Bool
    /// The value of `COLUMNS`: the most columns to use, however many the terminal has.
    private let columnLimit: Int?

    /// Reads `TERM`, `NO_COLOR` and `COLUMNS`, as other programs do.
    init(_ environment: Environment = Environment(ProcessInfo.processInfo.environment)) {
        isTerminal = isatty(STDOUT_FILENO) == 1
        isErrorTerminal = isatty(STDERR_FILENO) == 1
        isInteractive = isatty(STDIN_FILENO) == 1 && isErrorTerminal
        canMoveCursor = isTerminal && environment.string("TERM") ?? "dumb" != "dumb"
        isColoured = canMoveCursor && environment.string("NO_COLOR") == nil
        columnLimit = environment.string("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// The size of the terminal; nil when the output goes to a file or a pipe, where nothing is cut.
    var size: ScreenSize? { ScreenSize.ofTerminal(STDOUT_FILENO, columns: columnLimit) }

    func print(_ line: String) throws {
        try print([line])
    }

    func print(_ lines: [String]) throws {
        try write(Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    func print(_ table: Table) throws {
        try print(table.lines(width: size?.columns, isDecorated: isTerminal, isColoured: isColoured))
    }

    func print(_ json: JSONValue) throws {
        try print(json.text)
    }

    /// Writes bytes as they are.
    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                throw Closed()
            } else if errno != EINTR {
                throw CommandFailure("standard output: \(String(cString: strerror(errno)))")
            }
        }
    }

    /// A remark for the person at the keyboard or the log of a script.
    func note(_ line: String) {
        Log.writeToStandardError(Array("\(Printable.line(line))\n".utf8))
    }

    /// Overwrites the line on the terminal with how far a long command has come.
    func progress(_ text: String) {
        guard let size = ScreenSize.ofTerminal(STDERR_FILENO, columns: columnLimit) else { return }
        Log.writeToStandardError(Array("\r\u{1B}[K\(TextWidth.cut(text, to: size.columns - 1))".utf8))
    }

    /// - Returns: true for `y` or `yes`.
    func confirms(_ question: String) -> Bool {
        Log.writeToStandardError(Array("\(question) [y/N] ".utf8))
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
        return answer == "y" || answer == "yes"
    }
}

/// How many cells a terminal has.
struct ScreenSize: Sendable, Equatable {
    var columns: Int
    var rows: Int

    /// The size of the terminal that is open there, at most `limit` columns wide; nil when it is no terminal.
    ///
    /// A terminal that does not know its size counts as 80 by 24.
    static func ofTerminal(_ descriptor: Int32, columns limit: Int?) -> ScreenSize? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
        let columns = isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80
        let rows = isKnown && size.ws_row > 0 ? Int(size.ws_row) : 24
        return ScreenSize(columns: min(columns, limit ?? columns), rows: rows)
    }
}
