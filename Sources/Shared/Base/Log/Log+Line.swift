import Foundation

extension Log {
    /// One entry, and how it is written.
    struct Line: Sendable {
        let time: Date
        let level: Level
        let message: StaticString
        let keys: [Key: Value]

        /// One JSON object.
        var json: [UInt8] {
            var values = keys.reduce(into: [String: Value]()) { $0[$1.key.rawValue] = $1.value }
            values["time"] = .text(timeText)
            values["level"] = .text(level.rawValue)
            values["message"] = .text("\(message)")
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let unloggable = Data("{\"message\":\"unloggable line\"}".utf8)
            return Array((try? encoder.encode(values)) ?? unloggable) + [UInt8(ascii: "\n")]
        }

        /// One line for a person to read; `isColoured` shows the level in its colour.
        func text(isColoured: Bool) -> [UInt8] {
            let pairs = keys.sorted { $0.key.rawValue < $1.key.rawValue }.map { key, value in
                "\(key.rawValue)=\(Self.oneLine(value.text))"
            }
            let word = level.rawValue.uppercased()
            let head = "\(timeText) \(isColoured ? "\u{1B}[\(level.colour)m\(word)\u{1B}[0m" : word) \(message)"
            return Array(([head] + pairs).joined(separator: " ").utf8) + [UInt8(ascii: "\n")]
        }

        private var timeText: String {
            time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }

        /// A value as one printable token: control characters would let a sender forge lines or move the cursor.
        private static func oneLine(_ value: String) -> String {
            let clean = String(
                String.UnicodeScalarView(value.unicodeScalars.map { $0.properties.isPrintable ? $0 : "\u{FFFD}" })
            )
            return clean.contains(" ") ? "\"\(clean)\"" : clean
        }
    }
}

extension Log.Level {
    /// The number of an ANSI colour.
    fileprivate var colour: Int {
        switch self {
        case .debug: 90
        case .info: 32
        case .warning: 33
        case .error: 31
        }
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

extension Log {
    /// What a key stands for in one line: a number stays a number.
    enum Value: Sendable, Encodable {
        case integer(Int64)
        case fraction(Double)
        case text(String)

        init(_ value: any CustomStringConvertible & Sendable, of key: Key) {
            switch value {
            case let number as any BinaryInteger & Sendable: self = .integer(Int64(clamping: number))
            // JSON has no word for infinity.
            case let number as Double where number.isFinite: self = .fraction(number)
            case let duration as Duration: self = .fraction((duration / .microseconds(1)).rounded() / 1_000_000)
            default: self = .text(value.description)
            }
            assert(isNumber == key.isNumber, "\(key.rawValue) is \(isNumber ? "a" : "no") number here")
        }

        private var isNumber: Bool {
            if case .text = self { false } else { true }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .integer(let number): try container.encode(number)
            case .fraction(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            }
        }

        var text: String {
            switch self {
            case .integer(let number): String(number)
            case .fraction(let number): String(number)
            case .text(let text): text
            }
        }
    }
}
