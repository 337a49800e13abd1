import Base
import Database

/// What stands around a record in a segment: a mark, the length, and a digest of length, content and place.
///
/// The place (segment and offset) is in the digest, so that a block of another file, or an old one of this file,
/// is never taken for a record. No payload can hold the mark: it is not UTF-8. So the next record is found
/// behind damage.
enum SpoolFrame {
    static let mark: [UInt8] = [0xFF, 0x52, 0x65, 0xFE]
    private static let digestBytes = 16
    static let headBytes = mark.count + 4 + digestBytes
    /// The largest delivery, 25 MiB, with its names.
    static let maximumContent = 32 << 20

    static func size(content: Int) -> Int { headBytes + content }

    static func append(_ delivery: Delivery, to bytes: inout [UInt8], segment: UInt64, offset: Int) {
        var content: [UInt8] = []
        content.reserveCapacity(delivery.payload.bytes.count + 512)
        SpoolRecord.append(delivery, to: &content)
        bytes.append(contentsOf: mark)
        bytes.append(bigEndian: UInt32(content.count))
        bytes.append(contentsOf: digest(of: content, segment: segment, offset: offset))
        bytes.append(contentsOf: content)
    }

    /// The length that a frame's head gives; nil when it is no head.
    static func contentLength(_ head: [UInt8]) -> Int? {
        guard head.count == headBytes, head.starts(with: mark) else { return nil }
        let length = head[mark.count..<(mark.count + 4)].reduce(0) { $0 << 8 | Int($1) }
        return length <= maximumContent ? length : nil
    }

    static func isSound(head: [UInt8], content: [UInt8], segment: UInt64, offset: Int) -> Bool {
        head.suffix(digestBytes).elementsEqual(digest(of: content, segment: segment, offset: offset))
    }

    private static func digest(of content: [UInt8], segment: UInt64, offset: Int) -> ArraySlice<UInt8> {
        var place: [UInt8] = []
        place.reserveCapacity(20 + content.count)
        place.append(bigEndian: segment)
        place.append(bigEndian: UInt64(offset))
        place.append(bigEndian: UInt32(content.count))
        return sha256(place + content).prefix(digestBytes)
    }
}
