/// Checks that bytes are JSON that PostgreSQL's `json` type will store.
///
/// Foundation's decoder takes more than PostgreSQL does: trailing commas, a byte order mark, UTF-16, invalid UTF-8 in
/// fields nobody reads. A delivery may wait in the spool after its 202, so whether it can be stored must be known
/// before the answer. One pass, no allocation; nesting is limited rather than the stack.
package struct JSONSyntax {
    package struct Problem: Error, Equatable, CustomStringConvertible {
        package let reason: String
        /// Bytes before the fault.
        package let offset: Int

        package var description: String { "\(reason) at byte \(offset)" }
    }

    /// Foundation's decoder goes no deeper.
    static let maximumDepth = 500

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// - Throws: `Problem` with what is wrong and where.
    package static func check(_ bytes: [UInt8]) throws(Problem) {
        let result: Result<Void, Problem> = bytes.withUnsafeBufferPointer { buffer in
            var syntax = JSONSyntax(bytes: buffer)
            do throws(Problem) {
                try syntax.document()
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func problem(_ reason: String) -> Problem { Problem(reason: reason, offset: position) }

    private mutating func document() throws(Problem) {
        // What closes each open container: `}` or `]`.
        var open: [UInt8] = []
        repeat {
            skipSpace()
            switch current {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard open.count < Self.maximumDepth else { throw problem("nested too deeply") }
                let isObject = bytes[position] == UInt8(ascii: "{")
                let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
                position += 1
                skipSpace()
                if current == close {
                    position += 1
                } else {
                    open.append(close)
                    if isObject { try key() }
                    continue
                }
            default:
                try scalar()
            }
            try closeOrContinue(&open)
        } while !open.isEmpty
        skipSpace()
        guard position == bytes.count else { throw problem("text after the document") }
    }

    /// After a value: closes what ends here, or steps over the comma to the next value.
    private mutating func closeOrContinue(_ open: inout [UInt8]) throws(Problem) {
        while let close = open.last {
            skipSpace()
            switch current {
            case close:
                position += 1
                open.removeLast()
            case UInt8(ascii: ","):
                position += 1
                skipSpace()
                if close == UInt8(ascii: "}") { try key() }
                return
            default:
                throw problem("expected a comma or the end of the container")
            }
        }
    }

    private mutating func key() throws(Problem) {
        guard current == UInt8(ascii: "\"") else { throw problem("expected a key") }
        try string()
        skipSpace()
        guard current == UInt8(ascii: ":") else { throw problem("expected a colon") }
        position += 1
    }

    private mutating func scalar() throws(Problem) {
        switch current {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        case UInt8(ascii: "-"), (0x30...0x39)?: try number()
        default: throw problem("expected a value")
        }
    }

    private mutating func word(_ word: StaticString) throws(Problem) {
        let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard matches else { throw problem("expected a value") }
        position += word.utf8CodeUnitCount
    }

    private mutating func number() throws(Problem) {
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if current == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(Problem) {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw problem("expected a digit") }
    }

    private mutating func string() throws(Problem) {
        position += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20: throw problem("control character in a string")
            case 0x20..<0x80: position += 1
            default: try multiByteCharacter(lead: byte)
            }
        }
        throw problem("unfinished string")
    }

    private mutating func escape() throws(Problem) {
        position += 1
        switch current {
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard let byte = current, byte.isHexDigit else { throw problem("bad \\u escape") }
                position += 1
            }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        default:
            throw problem("bad escape")
        }
    }

    /// Unicode table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
    private mutating func multiByteCharacter(lead: UInt8) throws(Problem) {
        let (length, second): (Int, ClosedRange<UInt8>)
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        default: throw problem("invalid UTF-8")
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]),
            bytes[(position + 2)..<(position + length)].allSatisfy({ (0x80...0xBF).contains($0) })
        else { throw problem("invalid UTF-8") }
        position += length
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }
}

extension UInt8 {
    package var isHexDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
