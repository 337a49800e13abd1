import Base
import Foundation

/// Looks through the segments that an earlier run left.
struct SpoolOpening {
    let contents = SpoolContents()
    let directory: SpoolDirectory
    let log: Log

    /// - Returns: nil for a segment with nothing to drain.
    /// - Throws: `SpoolFileError` when it cannot be opened now.
    func open(_ number: UInt64) throws(SpoolFileError) -> Spool.Segment? {
        let file = try SpoolFile(directory.segment(number), O_RDWR)
        do {
            let size = try file.size()
            let scan = try SpoolSegmentScan(SpoolSegmentReader(file: file, segment: number, end: size))
            return take(file, size, scan, number)
        } catch {
            contents.update { $0.errors += 1 }
            log(
                .error,
                "a spool segment cannot be read and is kept aside",
                error: error,
                [.reason: SpoolDirectory.segmentName(number)]
            )
            directory.keepAside(number)
            return nil
        }
    }

    /// Tells the operator of a segment that cannot be opened; what is in it had its 202.
    func note(_ error: SpoolFileError, at number: UInt64) {
        contents.update { $0.errors += 1 }
        log(
            .error,
            "a spool segment cannot be opened and is tried again until it can",
            error: error,
            [.reason: directory.segment(number)]
        )
    }

    private func take(_ file: SpoolFile, _ size: Int, _ scan: SpoolSegmentScan, _ number: UInt64) -> Spool.Segment? {
        // Whatever it is, it is not the rest of a group that a crash cut short.
        let isForeign = scan.soundEnd == 0 && size >= SpoolSegmentHeader.byteCount
        if scan.isDamaged || isForeign {
            contents.update { $0.errors += 1 }
            log(
                .error,
                "a spool segment is damaged and will be kept aside",
                [.reason: SpoolDirectory.segmentName(number), .bytes: size]
            )
        }
        if isForeign {
            directory.keepAside(number)
            return nil
        }
        if size > scan.soundEnd { dropTail(of: file, from: scan.soundEnd, size, number) }
        guard !scan.ids.isEmpty || scan.isDamaged else {
            directory.remove(number)
            return nil
        }
        contents.update {
            $0.bytes += scan.soundEnd
            $0.segments += 1
        }
        contents.add(scan.ids, segment: number, oldest: scan.oldest)
        return Spool.Segment(number: number, end: scan.soundEnd, mustStay: scan.isDamaged)
    }

    private func dropTail(of file: SpoolFile, from end: Int, _ size: Int, _ number: UInt64) {
        log(
            .warning,
            "the torn end of a spool segment is dropped",
            [.reason: SpoolDirectory.segmentName(number), .bytes: size - end]
        )
        do {
            try file.truncate(to: end)
            try file.synchronize()
        } catch {
            log(.warning, "the end of a spool segment cannot be cut off", error: error)
        }
    }
}
