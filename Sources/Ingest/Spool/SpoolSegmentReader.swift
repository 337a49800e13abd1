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
