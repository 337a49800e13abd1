import Base
import Database
import Deliveries
import Store

/// A file of the spool.
struct SpoolSegment {
    let number: UInt64
    /// Bytes of it that are safe on disk.
    var end: Int
    /// How far it has been drained.
    var position = 0
    /// Something in it could not be read or handed over, so the file is kept when the rest has been drained.
    var mustStay = false
}

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

/// Reads the records of one segment, and finds its way around what is damaged.
struct SpoolSegmentReader: Sendable {
    enum Step {
        case record(Delivery, next: Int)
        /// Bytes that are no record; something sound begins at `next`, or the segment ends there.
        case damage(next: Int)
        /// No record, and nothing sound behind it: what a crash leaves of a group that was never answered.
        case tail
        case end
    }

    let file: SpoolFile
    let segment: UInt64
    /// Bytes that count; a group behind them may be in the making.
    let end: Int

    /// What lies at `offset`; the segment begins at 0.
    func step(at offset: Int) throws(SpoolFileError) -> Step {
        guard offset < end else { return .end }
        if offset == 0 {
            guard try hasSoundHeader() else { return try stepOver(0) }
            return try step(at: SpoolSegmentHeader.byteCount)
        }
        guard let content = try soundContent(at: offset) else { return try stepOver(offset) }
        let next = offset + SpoolFrame.size(content: content.count)
        guard let delivery = try? SpoolRecord.delivery(in: content[...]) else { return .damage(next: next) }
        return .record(delivery, next: next)
    }

    func hasSoundHeader() throws(SpoolFileError) -> Bool {
        let header = SpoolSegmentHeader.bytes(segment: segment)
        return try file.read(min(header.count, end), at: 0) == header
    }

    private func soundContent(at offset: Int) throws(SpoolFileError) -> [UInt8]? {
        guard offset + SpoolFrame.headBytes <= end else { return nil }
        let head = try file.read(SpoolFrame.headBytes, at: offset)
        guard let length = SpoolFrame.contentLength(head), offset + SpoolFrame.size(content: length) <= end else {
            return nil
        }
        let content = try file.read(length, at: offset + SpoolFrame.headBytes)
        return SpoolFrame.isSound(head: head, content: content, segment: segment, offset: offset) ? content : nil
    }

    private func stepOver(_ offset: Int) throws(SpoolFileError) -> Step {
        let rest = try file.read(end - offset - 1, at: offset + 1)
        var position = rest.startIndex
        while let found = rest[position...].firstIndex(of: SpoolFrame.mark[0]) {
            let candidate = offset + 1 + found
            if rest[found...].starts(with: SpoolFrame.mark), try soundContent(at: candidate) != nil {
                return .damage(next: candidate)
            }
            position = found + 1
        }
        return .tail
    }
}
