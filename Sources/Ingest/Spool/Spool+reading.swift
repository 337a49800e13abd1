import Base
import Database
import Deliveries
import Glibc
import Store

/// Reading and removing, oldest first.
extension Spool {
    /// Deliveries that were read from one segment.
    struct Batch: Sendable {
        let segment: UInt64
        let deliveries: [Delivery]
        /// Where the next one begins.
        let end: Int
    }

    /// Reads the next deliveries, which stay here until `finish`.
    ///
    /// - Parameters:
    ///   - maxRows: how many at once.
    ///   - maxBytes: how many bytes of payload; one that is larger comes alone.
    /// - Returns: nil when there are none.
    func next(maxRows: Int = 128, maxBytes: Int = 2 << 20) -> Batch? {
        while let segment = segments.first {
            guard let file = openFirst() else { continue }
            let reader = SpoolSegmentReader(file: file, segment: segment.number, end: segment.end)
            let batch = read(reader, from: segment.position, maxRows: maxRows, maxBytes: maxBytes)
            if let first = batch.deliveries.first {
                // What waits to be opened is older.
                if unopened.isEmpty { contents.update { $0.oldest = first.received } }
                return batch
            }
            finishFirst()
        }
        return nil
    }

    /// - Returns: nil when it cannot be opened now; then another segment is the first.
    private func openFirst() -> SpoolFile? {
        if let reading { return reading }
        do throws(SpoolFileError) {
            reading = try SpoolFile(directory.segment(segments[0].number), O_RDONLY)
        } catch {
            setFirstAside(error)
        }
        return reading
    }

    private func read(_ reader: SpoolSegmentReader, from start: Int, maxRows: Int, maxBytes: Int) -> Batch {
        var deliveries: [Delivery] = []
        var ids: Set<String> = []
        var bytes = 0
        var offset = start
        loop: while deliveries.count < maxRows {
            do {
                switch try reader.step(at: offset) {
                case .record(let delivery, let next):
                    // One statement cannot touch a row twice; in the next batch it is a duplicate.
                    guard ids.insert(delivery.deliveryID).inserted else { break loop }
                    bytes += delivery.payload.bytes.count
                    guard deliveries.isEmpty || bytes <= maxBytes else { break loop }
                    deliveries.append(delivery)
                    offset = next
                case .damage(let next):
                    noteDamage()
                    offset = next
                case .tail:
                    // The torn end that a crash leaves was cut off when the spool was opened, so this is damage.
                    noteDamage()
                    offset = reader.end
                case .end:
                    break loop
                }
            } catch {
                log(.error, "a spool segment cannot be read", error: error)
                noteDamage()
                offset = reader.end
            }
        }
        return Batch(segment: reader.segment, deliveries: deliveries, end: offset)
    }

    private func noteDamage() {
        guard let first = segments.first, !first.mustStay else { return }
        keep(first.number)
        contents.update { $0.errors += 1 }
        let name = SpoolDirectory.segmentName(first.number)
        log(.error, "a spool segment is damaged and will be kept aside", [.reason: name, .bytes: first.end])
    }

    /// Marks a segment so that its file is kept when it has been drained.
    func keep(_ number: UInt64) {
        guard let index = segments.firstIndex(where: { $0.number == number }) else { return }
        segments[index].mustStay = true
    }

    /// Forgets deliveries that are in the database, and removes their segment with its last one.
    ///
    /// Deliveries that have to wait, and must not hold up the others, are written once more behind all that is here.
    /// - Returns: false when there is no room for these; then the batch comes again.
    @discardableResult
    func finish(_ batch: Batch, postponing held: [Delivery] = []) -> Bool {
        guard let index = segments.firstIndex(where: { $0.number == batch.segment }) else { return true }
        contents.remove(batch.deliveries)
        guard held.isEmpty || append(held).allSatisfy({ $0 == .stored }) else {
            contents.add(held, segment: batch.segment)
            return false
        }
        segments[index].position = batch.end
        if index == 0, batch.end >= segments[0].end { finishFirst() }
        return true
    }
}
