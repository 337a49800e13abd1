import Base
import Deliveries
import Foundation
import Store

/// Looks through the segments that an earlier run left.
struct SpoolOpening {
    let contents = SpoolContents()
    let directory: SpoolDirectory
    let log: Log

    /// - Returns: nil for a segment with nothing to drain.
    /// - Throws: `SpoolFileError` when it cannot be opened now.
    func open(_ number: UInt64) throws(SpoolFileError) -> SpoolSegment? {
        let file = try SpoolFile(directory.segment(number), O_RDWR)
        do {
            let size = try file.size()
            let scan = try SpoolSegmentScan(SpoolSegmentReader(file: file, segment: number, end: size))
            return take(file, size, scan, number)
        } catch {
            contents.update { $0.errors += 1 }
            let name = SpoolDirectory.segmentName(number)
            log(.error, "a spool segment cannot be read and is kept aside", error: error, [.reason: name])
            directory.keepAside(number)
            return nil
        }
    }

    /// Tells the operator of a segment that cannot be opened; what is in it had its 202.
    func note(_ error: SpoolFileError, at number: UInt64) {
        contents.update { $0.errors += 1 }
        let path = directory.segment(number)
        log(.error, "a spool segment cannot be opened and is tried again until it can", error: error, [.reason: path])
    }

    private func take(_ file: SpoolFile, _ size: Int, _ scan: SpoolSegmentScan, _ number: UInt64) -> SpoolSegment? {
        let name = SpoolDirectory.segmentName(number)
        // Long enough for a header, but nothing in it is sound: it may be another program's file.
        let isForeign = scan.soundEnd == 0 && size >= SpoolSegmentHeader.byteCount
        if scan.isDamaged || isForeign {
            contents.update { $0.errors += 1 }
            log(.error, "a spool segment is damaged and will be kept aside", [.reason: name, .bytes: size])
        }
        if isForeign {
            directory.keepAside(number)
            return nil
        }
        if size > scan.soundEnd {
            log(.warning, "the torn end of a spool segment is dropped", [.reason: name, .bytes: size - scan.soundEnd])
            do {
                try file.truncate(to: scan.soundEnd)
                try file.synchronize()
            } catch {
                log(.warning, "the end of a spool segment cannot be cut off", error: error)
            }
        }
        guard !scan.ids.isEmpty || scan.isDamaged else {
            directory.remove(number)
            return nil
        }
        contents.update {
            $0.bytes += scan.soundEnd
            $0.segments += 1
        }
        contents.add(scan.ids, segment: number, oldest: scan.oldest)
        return SpoolSegment(number: number, end: scan.soundEnd, mustStay: scan.isDamaged)
    }
}

/// What a look through a whole segment finds, at the start of the program.
private struct SpoolSegmentScan {
    private(set) var ids: [(deliveryID: String, id: UUID)] = []
    private(set) var oldest: Date?
    /// The end of the last sound record, or of the header; 0 where not even that is sound.
    private(set) var soundEnd = 0
    /// Whether there is something between sound records that cannot be read.
    private(set) var isDamaged = false

    init(_ reader: SpoolSegmentReader) throws(SpoolFileError) {
        if try reader.hasSoundHeader() { soundEnd = min(SpoolSegmentHeader.byteCount, reader.end) }
        var offset = 0
        while true {
            switch try reader.step(at: offset) {
            case .record(let delivery, let next):
                ids.append((delivery.deliveryID, delivery.id))
                oldest = oldest ?? delivery.received
                (offset, soundEnd) = (next, next)
            case .damage(let next):
                isDamaged = true
                (offset, soundEnd) = (next, next)
            case .tail, .end:
                return
            }
        }
    }
}
