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
