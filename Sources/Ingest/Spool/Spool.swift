import Base
import Deliveries
import Foundation
import Store

/// Verified deliveries on disk, in the order in which they came, for the time that PostgreSQL does not answer.
///
/// Files are appended to and deleted, never changed. Several deliveries are written as one group and are safe once
/// `fdatasync` returned for all of them.
actor Spool {
    /// What became of a delivery that was to be written.
    enum WriteResult: Sendable, Equatable {
        /// It is on the disk.
        case stored
        /// The delivery is here already, under this event id.
        case known(UUID)
        /// There is no room for it, or the disk would not take it.
        case refused
    }

    nonisolated let contents: SpoolContents
    nonisolated let directory: SpoolDirectory
    let log: Log
    private let maxBytes: Int
    private let segmentBytes: Int
    private let sync: SpoolFile.Sync
    private let executor = BlockingExecutor(label: "spool")
    private nonisolated let opening: SpoolOpening
    /// Oldest first.
    var segments: [SpoolSegment] = []
    /// What could not be opened; the others are drained meanwhile.
    ///
    /// A segment whose end is 0 could not even be looked through when the program started.
    var unopened: [SpoolSegment] = []
    /// The file of the last segment, while it is appended to.
    private var active: SpoolFile?
    private var nextNumber: UInt64
    /// The file of the first segment, while it is read.
    var reading: SpoolFile?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Locks the directory for this process and looks through the segments in it.
    ///
    /// All segments together may hold `maxBytes`; one that has grown to `segmentBytes` is followed by another.
    init(
        _ path: String,
        maxBytes: Int,
        segmentBytes: Int = 16 << 20,
        sync: @escaping SpoolFile.Sync = SpoolFile.dataSync,
        log: Log
    ) throws(SpoolProblem) {
        // A file over the process's limit is an error like a full disk, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        directory = try SpoolDirectory(path)
        self.maxBytes = maxBytes
        self.segmentBytes = min(segmentBytes, maxBytes / 4)
        self.sync = sync
        self.log = log
        let files = try directory.list()
        nextNumber = files.next
        opening = SpoolOpening(directory: directory, log: log)
        contents = opening.contents
        for number in files.segments {
            do {
                if let segment = try opening.open(number) { segments.append(segment) }
            } catch {
                unopened.append(SpoolSegment(number: number, end: 0))
                opening.note(error, at: number)
            }
        }
    }

    /// Writes deliveries behind those that are here, as one group.
    /// - Returns: what became of each.
    func append(_ deliveries: [Delivery]) -> [WriteResult] {
        do {
            return try appendGroup(deliveries)
        } catch {
            log(.error, "the spool cannot be written", error: error, [.count: deliveries.count])
            contents.update {
                $0.errors += 1
                $0.refusal = .failed
            }
            abandonActive()
            return deliveries.map { _ in .refused }
        }
    }

    private func appendGroup(_ deliveries: [Delivery]) throws(SpoolFileError) -> [WriteResult] {
        let file = try segmentWithRoom()
        let segment = segments[segments.count - 1]
        var bytes: [UInt8] = []
        var added: [Delivery] = []
        var ids: [String: UUID] = [:]
        var isFull = false
        let room = maxBytes - contents.numbers.bytes
        let results = deliveries.map { delivery -> WriteResult in
            if let id = contents.eventID(of: delivery.deliveryID) ?? ids[delivery.deliveryID] { return .known(id) }
            let start = bytes.count
            SpoolFrame.append(delivery, to: &bytes, segment: segment.number, offset: segment.end + start)
            guard bytes.count <= room else {
                bytes.removeSubrange(start...)
                isFull = true
                return .refused
            }
            ids[delivery.deliveryID] = delivery.id
            added.append(delivery)
            return .stored
        }
        if !added.isEmpty {
            try file.write(bytes, at: segment.end)
            try file.synchronize()
            segments[segments.count - 1].end += bytes.count
            contents.add(added, segment: segment.number)
        }
        contents.update {
            $0.bytes += bytes.count
            $0.appended += added.count
            $0.refusal = isFull ? .full : nil
        }
        return results
    }

    /// Tries the segments that could not be opened.
    /// - Returns: whether there is something new to drain.
    func reopenSegments() -> Bool {
        let (before, waiting) = (segments.count, unopened)
        unopened = []
        for segment in waiting {
            let number = segment.number
            do {
                guard let segment = try reopened(segment) else { continue }
                let place = segments.firstIndex { $0.number > number } ?? segments.endIndex
                // `reading` is the file of the segment that was the first until now.
                if place == 0 { reading = nil }
                segments.insert(segment, at: place)
                log(.info, "a spool segment can be opened again", [.reason: SpoolDirectory.segmentName(number)])
            } catch  where error.code == ENOENT {
                log(.error, "a spool segment is gone", [.reason: directory.segment(number)])
                if segment.end > 0 { contents.removeSegment(number, bytes: segment.end) }
            } catch {
                unopened.append(segment)
            }
        }
        return segments.count > before
    }

    /// - Returns: nil for a segment with nothing to drain.
    private func reopened(_ segment: SpoolSegment) throws(SpoolFileError) -> SpoolSegment? {
        guard segment.end > 0 else { return try opening.open(segment.number) }
        _ = try SpoolFile(directory.segment(segment.number), O_RDONLY)
        return segment
    }

    /// Goes on without the first segment, which cannot be opened now, and still counts it.
    func setFirstAside(_ error: SpoolFileError) {
        let segment = segments.removeFirst()
        if segments.isEmpty { active = nil }
        unopened.append(segment)
        opening.note(error, at: segment.number)
    }

    /// Finds out whether a disk that failed takes files again.
    func retryDisk() {
        guard contents.numbers.refusal == .failed else { return }
        do {
            _ = try segmentWithRoom()
            contents.update { $0.refusal = nil }
        } catch {
            abandonActive()
        }
    }

    private func segmentWithRoom() throws(SpoolFileError) -> SpoolFile {
        if let active, segments[segments.count - 1].end < segmentBytes { return active }
        active = nil
        let number = nextNumber
        nextNumber += 1
        let header = SpoolSegmentHeader.bytes(segment: number)
        let file = try SpoolFile(directory.segment(number), O_RDWR | O_CREAT | O_EXCL, sync: sync)
        segments.append(SpoolSegment(number: number, end: header.count))
        contents.update {
            $0.bytes += header.count
            $0.segments += 1
        }
        active = file
        try file.write(header, at: 0)
        try file.synchronize()
        try directory.synchronize()
        return file
    }

    /// Goes on without the last segment, because a file that failed once is never written again.
    ///
    /// What was safe in it stays.
    private func abandonActive() {
        guard let file = active, let last = segments.last else { return }
        active = nil
        if last.end == SpoolSegmentHeader.byteCount {
            segments.removeLast()
            directory.remove(last.number)
            contents.removeSegment(last.number, bytes: last.end)
        } else {
            do {
                try file.truncate(to: last.end)
            } catch {
                // What is left behind the end was answered 503; to store it all the same would do no harm.
                log(.warning, "the end of a spool segment cannot be cut off", error: error)
            }
        }
    }

    /// Ends a segment that has been drained: nothing is left in it but what could not be read.
    func finishFirst() {
        let segment = segments.removeFirst()
        if segments.isEmpty { active = nil }
        reading = nil
        if segment.mustStay {
            directory.keepAside(segment.number)
        } else {
            directory.remove(segment.number)
        }
        contents.removeSegment(segment.number, bytes: segment.end)
    }
}
