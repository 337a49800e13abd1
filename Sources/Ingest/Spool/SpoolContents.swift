import Deliveries
import Foundation
import Store
import Synchronization

/// What is in the spool, as other threads may see it: to answer duplicates, readiness and metrics without waiting for
/// the disk.
package final class SpoolContents: Sendable {
    /// Why the last deliveries were not taken.
    enum Refusal: Sendable {
        case full, failed
    }

    package struct Numbers: Sendable {
        /// Of the segments on disk.
        package var bytes = 0
        var segments = 0
        /// When the first delivery that is not drained yet was received.
        package var oldest: Date?
        var refusal: Refusal?
        var appended = 0
        var drained = 0
        /// Deliveries of repositories that turned out not to be connected.
        var dropped = 0
        /// Writes that failed, segments that cannot be read, rows that PostgreSQL refused.
        var errors = 0
    }

    private struct Entry {
        let id: UUID
        let segment: UInt64
    }

    private struct State {
        var numbers = Numbers()
        var entries: [String: Entry] = [:]
    }

    private let state = Mutex(State())

    package var numbers: Numbers { state.withLock { $0.numbers } }

    /// Deliveries that are not drained yet.
    package var records: Int { state.withLock { $0.entries.count } }

    /// Whether a delivery would find room, as far as is known.
    package var takesDeliveries: Bool { state.withLock { $0.numbers.refusal == nil } }

    /// The event id that was given to this delivery, if it is in the spool.
    package func eventID(of deliveryID: String) -> UUID? { state.withLock { $0.entries[deliveryID]?.id } }

    func update(_ change: (inout Numbers) -> Void) { state.withLock { change(&$0.numbers) } }

    func add(_ ids: [(deliveryID: String, id: UUID)], segment: UInt64, oldest: Date?) {
        state.withLock { state in
            if state.entries.isEmpty { state.numbers.oldest = oldest }
            for (deliveryID, id) in ids where state.entries[deliveryID] == nil {
                state.entries[deliveryID] = Entry(id: id, segment: segment)
            }
        }
    }

    func add(_ deliveries: [Delivery], segment: UInt64) {
        add(deliveries.map { ($0.deliveryID, $0.id) }, segment: segment, oldest: deliveries.first?.received)
    }

    func remove(_ deliveries: [Delivery]) {
        state.withLock { state in
            for delivery in deliveries where state.entries[delivery.deliveryID]?.id == delivery.id {
                state.entries[delivery.deliveryID] = nil
            }
            if state.entries.isEmpty { state.numbers.oldest = nil }
        }
    }

    /// Forgets a segment that is no longer among those to be drained.
    func removeSegment(_ segment: UInt64, bytes: Int) {
        state.withLock { state in
            state.numbers.bytes -= bytes
            state.numbers.segments -= 1
            if state.numbers.refusal == .full { state.numbers.refusal = nil }
            // Only what could not be read is still there.
            state.entries = state.entries.filter { $0.value.segment != segment }
            if state.entries.isEmpty { state.numbers.oldest = nil }
        }
    }
}
