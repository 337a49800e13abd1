import Base

/// Checks that bytes are JSON that PostgreSQL's `json` type will store, and notes where each key and value is.
///
/// Foundation's decoder takes more than PostgreSQL does: trailing commas, a byte order mark, UTF-16, invalid UTF-8 in
/// fields nobody reads. A delivery may wait in the spool after its 202, so whether it can be stored must be known
/// before the answer. One pass; nesting is limited rather than the stack.
struct JSONScanner {
    typealias Entry = JSONDocument.Entry
    typealias Problem = JSONDocument.Problem

    static let maximumDepth = 500

    let bytes: UnsafeBufferPointer<UInt8>
    /// Never beyond the end: it steps over bytes that `current` or `skipPlainText` has seen.
    var position = 0
    private var entries: [Entry] = []
    /// Whether there is anything that `jsonb` may refuse: half of a surrogate pair, U+0000, an exponent, very many
    /// digits.
    var mayExceedJSONB = false
    /// Entries of the containers that are not closed yet.
    private var open: [Int] = []

    /// All keys and values of a text of at most 2³² bytes, and whether `jsonb` may refuse something in it.
    static func index(
        of bytes: UnsafeBufferPointer<UInt8>
    ) throws(Problem) -> (entries: [Entry], mayExceedJSONB: Bool) {
        var scanner = JSONScanner(bytes: bytes)
        try scanner.document()
        return (scanner.entries, scanner.mayExceedJSONB)
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        // GitHub's bodies have a key or a value every 25 bytes. A large hostile body may be a list of nothing but
        // zeros. Reserving room for all of them costs only address space until it is used; an array that grows is
        // copied.
        entries.reserveCapacity(bytes.count < 1 << 20 ? bytes.count / 24 : bytes.count / 2 + 1)
    }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    func problem(_ reason: String) -> Problem { Problem(reason: reason, offset: position) }

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

    mutating func note(_ kind: Entry.Kind, from start: Int) {
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
            mayExceedJSONB = true
        }
        if position - start > 16_000 { mayExceedJSONB = true }
        note(.number, from: start)
    }

    private mutating func digits() throws(Problem) {
        let start = position
        while current?.isDigit == true { position += 1 }
        guard position > start else { throw problem("expected a digit") }
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }
}
