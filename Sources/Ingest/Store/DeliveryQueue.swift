import Database
import Deliveries
import Synchronization

/// A delivery that waits to be stored, and whom to tell its outcome.
package final class Submission: Sendable {
    package let delivery: Delivery
    let deadline: ContinuousClock.Instant
    private let hasOutcome = Atomic<Bool>(false)
    private let report: @Sendable (DeliveryOutcome) -> Void
    /// Its part of the budget of bytes, counted as long as this object lives.
    private let reservation: (any Sendable)?

    package init(
        _ delivery: Delivery,
        deadline: ContinuousClock.Instant,
        reservation: (any Sendable)?,
        report: @escaping @Sendable (DeliveryOutcome) -> Void
    ) {
        self.delivery = delivery
        self.deadline = deadline
        self.reservation = reservation
        self.report = report
    }

    package var isSettled: Bool { hasOutcome.load(ordering: .acquiring) }

    /// Reports the outcome; only the first one counts.
    package func settle(_ outcome: DeliveryOutcome) {
        guard !hasOutcome.exchange(true, ordering: .acquiringAndReleasing) else { return }
        report(outcome)
    }
}

/// What the event loops hand to the writers; its size is bounded by the budget of bytes.
package final class DeliveryQueue: Sendable {
    private struct State {
        var waiting: [Submission] = []
        /// What each writer works on.
        var held: [Int: [Submission]] = [:]
        var idleWriters: [CheckedContinuation<Void, Never>] = []
        var isClosed = false

        var unsettled: [Submission] { (held.values.joined() + waiting).filter { !$0.isSettled } }
    }

    private let state = Mutex(State())
    private let maxRows: Int
    private let maxBytes: Int

    /// - Parameters:
    ///   - maxRows: how many deliveries a writer may take at once.
    ///   - maxBytes: how many bytes of payload it may take at once; a bigger one goes alone.
    package init(maxRows: Int = 128, maxBytes: Int = 2 * 1024 * 1024) {
        self.maxRows = maxRows
        self.maxBytes = maxBytes
    }

    /// How many deliveries no writer has taken yet.
    var count: Int { state.withLock { $0.waiting.count } }

    package var isClosed: Bool { state.withLock { $0.isClosed } }

    package func submit(_ submission: Submission) {
        let (isOpen, writer) = state.withLock { state in
            guard !state.isClosed else { return (false, nil as CheckedContinuation<Void, Never>?) }
            state.waiting.append(submission)
            return (true, state.idleWriters.popLast())
        }
        writer?.resume()
        if !isOpen { submission.settle(.unavailable) }
    }

    /// Takes what waits, up to the limits; waits while there is nothing.
    ///
    /// - Parameter writer: who takes; it has done with what it took before.
    /// - Returns: never an empty list; nil once the queue is closed and empty.
    package func take(as writer: Int = 0) async -> [Submission]? {
        while true {
            let (batch, isOver) = state.withLock { state in
                let batch = Self.batch(from: &state.waiting, maxRows: maxRows, maxBytes: maxBytes)
                state.held[writer] = batch
                return (batch, state.isClosed && state.waiting.isEmpty)
            }
            if !batch.isEmpty { return batch }
            if isOver { return nil }
            await waitForWork()
        }
    }

    /// A second delivery with an id of the batch stays behind: it is a duplicate once the first is stored, and one
    /// statement cannot touch a row twice.
    private static func batch(from waiting: inout [Submission], maxRows: Int, maxBytes: Int) -> [Submission] {
        var batch: [Submission] = []
        var ids: Set<String> = []
        var left: [Submission] = []
        var bytes = 0
        var seen = 0
        for item in waiting {
            let size = item.delivery.payload.bytes.count
            guard batch.count < maxRows, batch.isEmpty || bytes + size <= maxBytes else { break }
            seen += 1
            if item.isSettled { continue }
            if ids.insert(item.delivery.deliveryID).inserted {
                batch.append(item)
                bytes += size
            } else {
                left.append(item)
            }
        }
        waiting.replaceSubrange(..<seen, with: left)
        return batch
    }

    private func waitForWork() async {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                guard state.waiting.isEmpty, !state.isClosed else { return false }
                state.idleWriters.append(continuation)
                return true
            }
            if !mustWait { continuation.resume() }
        }
    }

    /// Tells those whose deadline has passed that they could not be stored, whether a writer has them or not.
    package func expire(at now: ContinuousClock.Instant) {
        let late = state.withLock { $0.unsettled.filter { $0.deadline <= now } }
        guard !late.isEmpty else { return }
        late.forEach { $0.settle(.unavailable) }
        state.withLock { state in state.waiting.removeAll { $0.isSettled } }
    }

    /// Hands everything without an outcome to the caller: what waits and what writers hold.
    ///
    /// - Parameter limit: nothing is handed over unless a deadline lies before this; nil: in any case.
    /// - Returns: in the order of receipt.
    package func takeOver(dueBefore limit: ContinuousClock.Instant?) -> [Submission] {
        state.withLock { state in
            let unsettled = state.unsettled
            guard limit.map({ limit in unsettled.contains { $0.deadline < limit } }) ?? true else { return [] }
            (state.waiting, state.held) = ([], [:])
            return unsettled.sorted { $0.delivery.id < $1.delivery.id }
        }
    }

    /// Tells all that have no outcome yet that nothing is going to store them.
    package func settleAll() {
        let unsettled = state.withLock { state in
            defer { state.waiting = [] }
            return state.unsettled
        }
        unsettled.forEach { $0.settle(.unavailable) }
    }

    /// Takes nothing in any more; writers finish what waits.
    package func close() {
        let writers = state.withLock { state in
            state.isClosed = true
            defer { state.idleWriters = [] }
            return state.idleWriters
        }
        writers.forEach { $0.resume() }
    }
}
