import Foundation

/// What a look through a whole segment finds, at the start of the program.
struct SpoolSegmentScan: Sendable {
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
