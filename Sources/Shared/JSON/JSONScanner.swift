/// Checks that bytes are JSON that PostgreSQL's `json` type will store, and notes where each key and value is.
///
/// Foundation's decoder takes more than PostgreSQL does: trailing commas, a byte order mark, UTF-16, invalid UTF-8 in
/// fields nobody reads. A delivery may wait in the spool after its 202, so whether it can be stored must be known
/// before the answer. One pass; nesting is limited rather than the stack.
struct JSONScanner {
    typealias Entry = JSONDocument.Entry
    typealias Problem = JSONDocument.Problem

    static let maximumDepth = 500

    private let bytes: UnsafeBufferPointer<UInt8>
    /// Never beyond the end: it steps over bytes that `current` or `skipPlainText` has seen.
    private var position = 0
    private var entries: [Entry] = []
    /// Entries of the containers that are not closed yet.
    private var open: [Int] = []

    /// All keys and values of a text of at most 2³² bytes.
    static func entries(of bytes: UnsafeBufferPointer<UInt8>) throws(Problem) -> [Entry] {
        var scanner = JSONScanner(bytes: bytes)
        try scanner.document()
        return scanner.entries
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        // GitHub's bodies have a key or a value every 25 bytes.
        entries.reserveCapacity(bytes.count / 24)
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func problem(_ reason: String) -> Problem { Problem(reason: reason, offset: position) }

    private mutating func document() throws(Problem) {
        guard bytes.count <= UInt32.max else { throw problem("too long a text") }
        repeat {
            skipSpace()
            switch current {
            case UInt8(ascii: "{"): if try enter(.object) { continue }
            case UInt8(ascii: "["): if try enter(.array) { continue }
            default: try scalar()
            }
            try closeOrContinue()
        } while !open.isEmpty
        skipSpace()
        guard position == bytes.count else { throw problem("text after the document") }
    }

    /// Steps into a container, up to its first value; false if it is empty and left again.
    private mutating func enter(_ kind: Entry.Kind) throws(Problem) -> Bool {
        guard open.count < Self.maximumDepth else { throw problem("nested too deeply") }
        entries.append(Entry(kind: kind, start: UInt32(position), end: UInt32(entries.count + 1)))
        position += 1
        skipSpace()
        guard current != Self.close(of: kind) else {
            position += 1
            return false
        }
        open.append(entries.count - 1)
        if kind == .object { try key() }
        return true
    }

    /// After a value: closes what ends here, or steps over the comma to the next value.
    private mutating func closeOrContinue() throws(Problem) {
        while let container = open.last {
            skipSpace()
            let kind = entries[container].kind
            switch current {
            case Self.close(of: kind):
                position += 1
                entries[container].end = UInt32(entries.count)
                open.removeLast()
            case UInt8(ascii: ","):
                position += 1
                skipSpace()
                if kind == .object { try key() }
                return
            default:
                throw problem("expected a comma or the end of the container")
            }
        }
    }

    private static func close(of kind: Entry.Kind) -> UInt8 { kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]") }

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
        case UInt8(ascii: "t"): try word("true", .true)
        case UInt8(ascii: "f"): try word("false", .false)
        case UInt8(ascii: "n"): try word("null", .null)
        case UInt8(ascii: "-"), (0x30...0x39)?: try number()
        default: throw problem("expected a value")
        }
    }

    private mutating func note(_ kind: Entry.Kind, from start: Int) {
        entries.append(Entry(kind: kind, start: UInt32(start), end: UInt32(position)))
    }

    private mutating func word(_ word: StaticString, _ kind: Entry.Kind) throws(Problem) {
        let start = position
        let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard matches else { throw problem("expected a value") }
        position += word.utf8CodeUnitCount
        note(kind, from: start)
    }

    private mutating func number() throws(Problem) {
        let start = position
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
        note(.number, from: start)
    }

    private mutating func digits() throws(Problem) {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw problem("expected a digit") }
    }

    private mutating func string() throws(Problem) {
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

    /// Steps over ASCII up to a quotation mark, backslash or control character: eight bytes at a time, for nearly all of
    /// a body is text.
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

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }
}

extension UInt64 {
    private static func repeating(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 * UInt64(byte) }

    /// The high bit of each byte below `limit`; a borrow may set it too, but only in bytes above one that is below.
    private func bytes(below limit: UInt8) -> UInt64 { (self &- Self.repeating(limit)) & ~self & Self.repeating(0x80) }

    /// Of these eight bytes of a string, the high bit of each that ends a run of plain text; exact for the lowest one.
    fileprivate var stringStops: UInt64 {
        let quotes = (self ^ Self.repeating(UInt8(ascii: "\""))).bytes(below: 1)
        let backslashes = (self ^ Self.repeating(UInt8(ascii: "\\"))).bytes(below: 1)
        return quotes | backslashes | bytes(below: 0x20) | (self & Self.repeating(0x80))
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
