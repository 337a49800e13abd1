import Foundation
import Synchronization

/// Structured log lines on standard error: a constant message and typed keys.
///
/// A line never contains a secret or text from the body of a delivery.
package struct Log: Sendable {
    package enum Level: String, Sendable, CaseIterable, Comparable {
        case debug, info, warning, error

        package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }
        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    package enum Format: String, Sendable, CaseIterable {
        case json, text
    }

    package typealias Keys = [Key: any CustomStringConvertible & Sendable]

    private let level: Level
    private let format: Format
    private let isColoured: Bool
    private let bound: [Key: Value]
    private let write: @Sendable ([UInt8]) -> Void

    /// `write` takes one whole line; by default it goes to standard error in one call.
    package init(
        level: Level = .info,
        format: Format = .json,
        isColoured: Bool = false,
        write: @escaping @Sendable ([UInt8]) -> Void = Log.writeToStandardError
    ) {
        self.init(level: level, format: format, isColoured: isColoured, bound: [:], write: write)
    }

    private init(
        level: Level,
        format: Format,
        isColoured: Bool,
        bound: [Key: Value],
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.level = level
        self.format = format
        self.isColoured = isColoured
        self.bound = bound
        self.write = write
    }

    /// The same log with keys that every line will carry.
    package func with(_ keys: Keys) -> Log {
        Log(level: level, format: format, isColoured: isColoured, bound: all(keys), write: write)
    }

    /// Whether lines of this level are written, for callers to whom a line costs more than its keys.
    package func writes(_ level: Level) -> Bool { level >= self.level }

    /// Writes a line.
    ///
    /// The keys are evaluated only if the line is written.
    package func callAsFunction(
        _ level: Level,
        _ message: StaticString,
        _ keys: @autoclosure () -> Keys = [:]
    ) {
        guard writes(level) else { return }
        let line = Line(time: Date(), level: level, message: message, keys: all(keys()))
        switch format {
        case .json: write(line.json)
        case .text: write(line.text(isColoured: isColoured))
        }
    }

    /// Writes a line about an error; our errors describe themselves without values that a sender controls.
    package func callAsFunction(
        _ level: Level,
        _ message: StaticString,
        error: any Error,
        _ keys: @autoclosure () -> Keys = [:]
    ) {
        self(level, message, keys().merging([.error: String(describing: error)]) { $1 })
    }

    private func all(_ keys: Keys) -> [Key: Value] {
        keys.reduce(into: bound) { $0[$1.key] = Value($1.value, of: $1.key) }
    }

    private static let standardError = Mutex(FileHandle.standardError)

    package static let writeToStandardError: @Sendable ([UInt8]) -> Void = { line in
        // A full or closed standard error must not stop the program.
        standardError.withLock { try? $0.write(contentsOf: line) }
    }
}

extension Log {
    /// Every key a line may carry.
    ///
    /// An enum, so that one thing has one name in all lines. `eventID` follows a delivery from its request to its
    /// completion through both programs; `deliveryID` is GitHub's name for it.
    package enum Key: String, Sendable, CaseIterable {
        case eventID = "event_id", deliveryID = "delivery_id"
        /// The `event_id` of the row that holds a delivery, where this request has another, as that of a duplicate
        /// does.
        case storedAs = "stored_as"
        case address, attempt, batch, bytes, count, durationSeconds = "duration_seconds", error, event, job, kind,
            listen, reason
        case object, repository, status, user, version, worker

        /// Whether its values are numbers, in every line.
        package var isNumber: Bool {
            switch self {
            case .attempt, .batch, .bytes, .count, .durationSeconds: true
            default: false
            }
        }
    }
}
