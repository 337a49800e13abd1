import Base

extension JSONScanner {
    /// Steps over a key or a text, from its quotation mark.
    mutating func string() throws(Problem) {
        position += 1
        let start = position
        var kind = Entry.Kind.text
        while true {
            skipPlainText()
            switch current {
            case UInt8(ascii: "\""):
                note(kind, from: start)
                position += 1
                return
            case UInt8(ascii: "\\"):
                kind = .escapedText
                try escape()
            case (0x80...0xFF)?: try multiByteCharacters()
            case nil: throw problem("unfinished string")
            default: throw problem("control character in a string")
            }
        }
    }

    /// Steps over ASCII up to a quotation mark, backslash or control character, eight bytes at a time because nearly
    /// all of a body is text.
    private mutating func skipPlainText() {
        let words = UnsafeRawBufferPointer(bytes)
        while position + 8 <= words.count {
            let word = UInt64(littleEndian: words.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let stops = word.stringStops
            guard stops == 0 else {
                position += stops.trailingZeroBitCount / 8
                return
            }
            position += 8
        }
        while let byte = current, byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            position += 1
        }
    }

    private mutating func escape() throws(Problem) {
        position += 1
        switch current {
        case UInt8(ascii: "u"):
            position += 1
            var unit: UInt16 = 0
            for _ in 0..<4 {
                guard let digit = current?.hexValue else { throw problem("bad \\u escape") }
                unit = unit << 4 | UInt16(digit)
                position += 1
            }
            if unit == 0 || (0xD800...0xDFFF).contains(unit) { mayExceedJSONB = true }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        default:
            throw problem("bad escape")
        }
    }

    /// Unicode table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
    private mutating func multiByteCharacters() throws(Problem) {
        while let lead = current, lead >= 0x80 {
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
    }
}

extension UInt64 {
    private static func repeating(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 * UInt64(byte) }

    /// The high bit of each byte below `limit`; a borrow may set it too, but only in bytes above one that is below.
    private func bytes(below limit: UInt8) -> UInt64 { (self &- Self.repeating(limit)) & ~self & Self.repeating(0x80) }

    /// The high bit of each of these eight bytes that ends a run of plain text; exact for the lowest one only.
    fileprivate var stringStops: UInt64 {
        let quotes = (self ^ Self.repeating(UInt8(ascii: "\""))).bytes(below: 1)
        let backslashes = (self ^ Self.repeating(UInt8(ascii: "\\"))).bytes(below: 1)
        return quotes | backslashes | bytes(below: 0x20) | (self & Self.repeating(0x80))
    }
}
