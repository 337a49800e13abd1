import Foundation

/// The process environment, read once at start.
///
/// Each reader names the variable, the value and what was expected when it cannot use what it finds; nothing malformed
/// falls back silently to a default.
package struct Environment: Sendable {
    /// A setting that cannot be used.
    package struct Problem: Error, Equatable, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }

    let values: [String: String]

    package init(_ values: [String: String]) {
        self.values = values
    }

    /// The value of a variable; an empty one counts as not set.
    package func string(_ name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    package func requiredString(_ name: String, _ meaning: String) throws(Problem) -> String {
        guard let value = string(name) else { throw Problem("\(name) is not set, expected \(meaning)") }
        return value
    }

    package func int(_ name: String, in range: ClosedRange<Int>, default fallback: Int) throws(Problem) -> Int {
        guard let text = string(name) else { return fallback }
        guard let value = Int(text), range.contains(value) else {
            throw Problem("\(name) is '\(text)', expected a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A number of seconds, fractions allowed.
    package func seconds(
        _ name: String,
        in range: ClosedRange<Double>,
        default fallback: Duration
    ) throws(Problem) -> Duration {
        guard let text = string(name) else { return fallback }
        guard let value = Double(text), range.contains(value) else {
            throw Problem(
                "\(name) is '\(text)', expected seconds from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return .seconds(value)
    }

    package func flag(_ name: String) throws(Problem) -> Bool {
        switch string(name)?.lowercased() {
        case nil, "false", "0", "no", "off": false
        case "true", "1", "yes", "on": true
        case .some(let text): throw Problem("\(name) is '\(text)', expected true or false")
        }
    }

    package func oneOf<Value: RawRepresentable & CaseIterable>(
        _ name: String,
        default fallback: Value
    ) throws(Problem) -> Value where Value.RawValue == String {
        guard let text = string(name) else { return fallback }
        guard let value = Value(rawValue: text.lowercased()) else {
            let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem("\(name) is '\(text)', expected one of: \(words)")
        }
        return value
    }

    /// `LOG_LEVEL` and `LOG_FORMAT`; on a terminal the default format is text, in colour unless `NO_COLOR` is set.
    package func log(onTerminal: Bool) throws(Problem) -> Log {
        let format: Log.Format = onTerminal ? .text : .json
        return Log(
            level: try oneOf("LOG_LEVEL", default: .info),
            format: try oneOf("LOG_FORMAT", default: format),
            isColoured: onTerminal && string("NO_COLOR") == nil && string("TERM") != "dumb"
        )
    }
}

extension CommandLine {
    /// The arguments behind the name of the program.
    ///
    /// Where libraries are loaded before it (`LD_PRELOAD`), Swift may know none of them; the system does.
    package static var words: [String] {
        guard arguments.isEmpty else { return Array(arguments.dropFirst()) }
        let text = (try? String(wholeFile: "/proc/self/cmdline")) ?? ""
        return text.split(separator: "\0", omittingEmptySubsequences: false).dropFirst().dropLast().map(String.init)
    }
}
