import Foundation
import Synchronization

/// Structured log lines on standard error: a constant message and typed keys.
package struct Log: Sendable {
    package enum Level: String, Sendable, CaseIterable, Comparable {
        case debug, info, warning, error

        package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }
        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    package enum Format: String, Sendable, CaseIterable {
        case json, text
    }

    /// Every key a line may carry.
    ///
    /// An enum, so that one thing has one name in all lines.
    package enum Key: String, Sendable, CaseIterable {
        case action, address, attempt, batch, bytes, count, delivery, duration, error, event, eventID = "event_id"
        case listen, process, reason, repository, secretIndex = "secret_index", signal, statement, status, version
        case worker
    }

    private let level: Level
    private let format: Format
    private let bound: [Key: String]
    private let write: @Sendable ([UInt8]) -> Void

    /// `write` takes one whole line; by default it goes to standard error in one call.
    package init(
        level: Level = .info,
        format: Format = .json,
        write: @escaping @Sendable ([UInt8]) -> Void = Log.writeToStandardError
    ) {
        self.init(level: level, format: format, bound: [:], write: write)
    }

    private init(level: Level, format: Format, bound: [Key: String], write: @escaping @Sendable ([UInt8]) -> Void) {
        self.level = level
        self.format = format
        self.bound = bound
        self.write = write
    }

    /// The same log with keys that every line will carry.
    package func with(_ keys: [Key: any CustomStringConvertible & Sendable]) -> Log {
        let all = bound.merging(keys.mapValues(\.description)) { $1 }
        return Log(level: level, format: format, bound: all, write: write)
    }

    package func callAsFunction(
        _ level: Level,
        _ message: StaticString,
        _ keys: [Key: any CustomStringConvertible & Sendable] = [:]
    ) {
        guard level >= self.level else { return }
        let all = bound.merging(keys.mapValues(\.description)) { $1 }
        switch format {
        case .json: write(jsonLine(level, message, all))
        case .text: write(textLine(level, message, all))
        }
    }

    /// The error as every line shows it: what we throw describes itself without values a sender controls.
    package func callAsFunction(
        _ level: Level,
        _ message: StaticString,
        error: any Error,
        _ keys: [Key: any CustomStringConvertible & Sendable] = [:]
    ) {
        self(level, message, keys.merging([.error: String(describing: error)]) { $1 })
    }

    private func jsonLine(_ level: Level, _ message: StaticString, _ keys: [Key: String]) -> [UInt8] {
        var line = keys.reduce(into: [String: String]()) { $0[$1.key.rawValue] = $1.value }
        line["time"] = Self.now()
        line["level"] = level.rawValue
        line["message"] = "\(message)"
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(line) else { return Array("{\"message\":\"unloggable line\"}\n".utf8) }
        return Array(data) + [UInt8(ascii: "\n")]
    }

    private func textLine(_ level: Level, _ message: StaticString, _ keys: [Key: String]) -> [UInt8] {
        let pairs = keys.sorted { $0.key.rawValue < $1.key.rawValue }.map { key, value in
            "\(key.rawValue)=\(Self.oneLine(value))"
        }
        let head = "\(Self.now()) \(level.rawValue.uppercased()) \(message)"
        return Array(([head] + pairs).joined(separator: " ").utf8) + [UInt8(ascii: "\n")]
    }

    /// A value as one printable token: control characters would let a sender forge lines or move the cursor.
    private static func oneLine(_ value: String) -> String {
        let clean = String(
            String.UnicodeScalarView(value.unicodeScalars.map { $0.properties.isPrintable ? $0 : "\u{FFFD}" })
        )
        return clean.contains(" ") ? "\"\(clean)\"" : clean
    }

    private static func now() -> String {
        Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
    }

    private static let standardError = Mutex(FileHandle.standardError)

    package static let writeToStandardError: @Sendable ([UInt8]) -> Void = { line in
        // A full or closed standard error must not stop the program.
        standardError.withLock { try? $0.write(contentsOf: line) }
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isPrintable: Bool {
        switch generalCategory {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .unassigned: false
        default: true
        }
    }
}
