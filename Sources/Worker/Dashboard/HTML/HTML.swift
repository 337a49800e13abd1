import Base

/// A piece of HTML or SVG, as the bytes of an answer.
///
/// Written as a literal, whose own text is markup; each `\(value)` is escaped, as text and as the value of a quoted
/// attribute. A String that exists only at run time cannot become markup.
struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
    private(set) var bytes: [UInt8]

    /// Nothing at all.
    init() { bytes = [] }

    init(stringLiteral value: StaticString) {
        bytes = value.withUTF8Buffer { Array($0) }
    }

    init(stringInterpolation: StringInterpolation) { bytes = stringInterpolation.bytes }

    var isEmpty: Bool { bytes.isEmpty }

    static func + (left: HTML, right: HTML) -> HTML {
        var sum = left
        sum += right
        return sum
    }

    static func += (left: inout HTML, right: HTML) { left.bytes += right.bytes }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var bytes: [UInt8] = []

        init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + 32 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: StaticString) {
            literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
        }

        /// Text, escaped.
        ///
        /// Control characters and those that turn the direction of text show as JSON's escapes of them, so that a
        /// stranger's title cannot pass for another.
        mutating func appendInterpolation(_ text: String) {
            assert(bytes.last != UInt8(ascii: "="), "an attribute's value stands in quotes")
            HTML.append(text, to: &bytes)
        }

        mutating func appendInterpolation(_ text: String?) {
            if let text { appendInterpolation(text) }
        }

        mutating func appendInterpolation(_ number: Int) { bytes.append(contentsOf: String(number).utf8) }

        mutating func appendInterpolation(_ part: HTML) { bytes += part.bytes }

        mutating func appendInterpolation(_ part: HTML?) {
            if let part { bytes += part.bytes }
        }

        mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { bytes += part.bytes }
        }

        /// `part` where the condition holds, such as an attribute that stands for itself.
        mutating func appendInterpolation(_ part: HTML, when condition: Bool) {
            if condition { bytes += part.bytes }
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        for byte in Printable.block(text).utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "'"): bytes.append(contentsOf: "&#39;".utf8)
            default: bytes.append(byte)
            }
        }
    }
}

extension [HTML] {
    func joined(separator: HTML = "") -> HTML {
        guard let first else { return "" }
        return dropFirst().reduce(into: first) { $0 += separator + $1 }
    }
}
