import Foundation

/// Decodes the bytes of a string that the scanner has accepted.
struct JSONUnescaping {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Nil where an escape is half of a surrogate pair.
    mutating func text() -> String? {
        var text: [UInt8] = []
        // No escape is shorter than the character it stands for.
        text.reserveCapacity(bytes.count)
        while true {
            text += take(untilEscape)
            guard position < bytes.count else { return String(decoding: text, as: UTF8.self) }
            guard let character = escape() else { return nil }
            if character.isASCII {
                text.append(UInt8(truncatingIfNeeded: character.value))
            } else {
                text += String(character).utf8
            }
        }
    }

    /// Whether the text is this ASCII name, found without a copy, because a body may have a million escaped keys.
    mutating func says(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in name {
            guard position < bytes.count else { return false }
            if bytes[position] == UInt8(ascii: "\\") {
                guard escape() == Unicode.Scalar(byte) else { return false }
            } else {
                guard take(1).first == byte else { return false }
            }
        }
        return position == bytes.count
    }

    /// How many bytes there are before the next escape; runs are long, so memchr is worth its call.
    private var untilEscape: Int {
        let rest = bytes[position...]
        let escape = rest.withContiguousStorageIfAvailable { rest in
            rest.baseAddress.flatMap { start in
                memchr(start, CInt(UInt8(ascii: "\\")), rest.count).map { UnsafeRawPointer(start).distance(to: $0) }
            }
        }
        return (escape ?? nil) ?? rest.count
    }

    private mutating func take(_ count: Int) -> Slice<UnsafeBufferPointer<UInt8>> {
        defer { position += count }
        return bytes[position..<position + count]
    }

    private mutating func escape() -> Unicode.Scalar? {
        switch take(2).last {
        case UInt8(ascii: "b"): "\u{8}"
        case UInt8(ascii: "f"): "\u{C}"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "r"): "\r"
        case UInt8(ascii: "t"): "\t"
        case UInt8(ascii: "u"): character()
        case let byte: byte.map(Unicode.Scalar.init)
        }
    }

    /// Reads what follows `\u`, with the second half of a surrogate pair where there is one.
    private mutating func character() -> Unicode.Scalar? {
        let first = codeUnit()
        guard UTF16.isLeadSurrogate(first) else { return Unicode.Scalar(first) }
        guard bytes[position...].starts(with: "\\u".utf8) else { return nil }
        position += 2
        let second = codeUnit()
        guard UTF16.isTrailSurrogate(second) else { return nil }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    /// Four hex digits; the scanner has seen that they are.
    private mutating func codeUnit() -> UInt16 {
        take(4).reduce(0) { $0 << 4 | UInt16($1 & 0xF) + ($1 > UInt8(ascii: "9") ? 9 : 0) }
    }
}
