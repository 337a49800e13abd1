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

        /// Words for a person; `isColoured` shows the level in its colour.
        func text(isColoured: Bool) -> [UInt8] {
            let pairs = keys.sorted { $0.key.rawValue < $1.key.rawValue }.map { key, value in
                "\(key.rawValue)=\(Self.oneLine(value.text))"
            }
            let word = level.rawValue.uppercased()
            let head = "\(timeText) \(isColoured ? "\u{1B}[\(level.colour)m\(word)\u{1B}[0m" : word) \(message)"
            return Array(([head] + pairs).joined(separator: " ").utf8) + [UInt8(ascii: "\n")]
        }

        private var timeText: String {
            time.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
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
