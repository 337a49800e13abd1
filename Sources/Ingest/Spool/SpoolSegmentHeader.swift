/// The first bytes of a segment: what it is, in which version, and its number.
enum SpoolSegmentHeader {
    /// Begins with a byte that no text has.
    private static let magic: [UInt8] = [0xFF] + "PLANESP".utf8
    private static let version: UInt32 = 1
    static let byteCount = 8 + 4 + 8

    static func bytes(segment: UInt64) -> [UInt8] {
        var bytes = magic
        bytes.append(bigEndian: version)
        bytes.append(bigEndian: segment)
        return bytes
    }
}
