/// Numbers and texts as the spool's files hold them: big-endian, texts after their length.
extension [UInt8] {
    mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    mutating func append(sized bytes: some Collection<UInt8>) {
        append(bigEndian: UInt32(bytes.count))
        append(contentsOf: bytes)
    }
}

/// Reads such numbers and texts one after the other.
struct BigEndianReader {
    /// Fewer bytes are left than were asked for.
    struct Ended: Error {}

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func bytes(_ count: Int) throws(Ended) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw Ended() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(Ended) -> Number {
        try bytes(Number.bitWidth / 8).reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    mutating func sized() throws(Ended) -> ArraySlice<UInt8> {
        try bytes(Int(try number(UInt32.self)))
    }

    mutating func text() throws(Ended) -> String {
        String(decoding: try sized(), as: UTF8.self)
    }
}
