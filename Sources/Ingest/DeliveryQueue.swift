import Database
import Synchronization

/// What the event loops hand to the writers; its size is bounded by the budget of bytes.
final class DeliveryQueue: Sendable {
    private struct State {
        var items: [Submission] = []
        /// In the order of their deadlines; the settled ones in front leave with the next look at them.
        var tickets: [Ticket] = []
        var idleWriters: [CheckedContinuation<Void, Never>] = []
        /// What each writer works on.
        var held: [Int: [Submission]] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    private let maxRows: Int
    private let maxBytes: Int

    /// - Parameters:
    ///   - maxRows: how many deliveries a writer may take at once.
    ///   - maxBytes: how many bytes of payload it may take at once; a bigger one goes alone.
    init(maxRows: Int = 128, maxBytes: Int = 2 * 1024 * 1024) {
        self.maxRows = maxRows
        self.maxBytes = maxBytes
    }

    /// How many deliveries no writer has taken yet.
    var count: Int { state.withLock { $0.items.count } }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    func submit(_ submission: Submission) {
        let (isOpen, writer) = state.withLock { state in
            guard !state.isClosed else { return (false, nil as CheckedContinuation<Void, Never>?) }
            state.items.append(submission)
            state.tickets.append(submission.ticket)
            return (true, state.idleWriters.popLast())
        }
        writer?.resume()
        if !isOpen { submission.ticket.settle(.unavailable) }
    }

    /// Takes what waits, up to the limits; waits while there is nothing.
    ///
    /// - Parameter writer: who takes; it has done with what it took before.
    /// - Returns: never an empty list; nil once the queue is closed and empty.
    func take(as writer: Int = 0) async -> [Submission]? {
        while true {
            let (batch, isOver) = state.withLock { state in
                let batch = Self.batch(from: &state.items, maxRows: maxRows, maxBytes: maxBytes)
                state.held[writer] = batch
                return (batch, state.isClosed && state.items.isEmpty)
            }
            if !batch.isEmpty { return batch }
            if isOver { return nil }
            await waitForWork()
        }
    }

    /// A second delivery with an id of the batch stays behind: it is a duplicate once the first is stored, and one
    /// statement cannot touch a row twice.
    private static func batch(from items: inout [Submission], maxRows: Int, maxBytes: Int) -> [Submission] {
        var batch: [Submission] = []
        var ids: Set<String> = []
        var left: [Submission] = []
        var bytes = 0
        var seen = 0
        for item in items {
            let size = item.delivery.payload.bytes.count
            guard batch.count < maxRows, batch.isEmpty || bytes + size <= maxBytes else { break }
            seen += 1
            if item.ticket.isSettled { continue }
            if ids.insert(item.delivery.deliveryID).inserted {
                batch.append(item)
                bytes += size
            } else {
                left.append(item)
            }
        }
        items.replaceSubrange(..<seen, with: left)
        return batch
    }

    private func waitForWork() async {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                guard state.items.isEmpty, !state.isClosed else { return false }
                state.idleWriters.append(continuation)
                return true
            }
            if !mustWait { continuation.resume() }
        }
    }

    /// Answers what has waited too long, whether a writer has it or not, and lets go of it.
    func expire(at now: ContinuousClock.Instant) {
        let late = state.withLock { state in
            let end = state.tickets.firstIndex { !$0.isSettled && $0.deadline > now } ?? state.tickets.endIndex
            let late = state.tickets[..<end].filter { !$0.isSettled }
            state.tickets.removeSubrange(..<end)
            return late
        }
        guard !late.isEmpty else { return }
        late.forEach { $0.settle(.unavailable) }
        state.withLock { state in state.items.removeAll { $0.ticket.isSettled } }
    }

    /// Gives everything without an answer to another: what waits and what writers hold.
    ///
    /// - Parameter limit: nothing is given unless one of them must be answered before this; nil: no matter.
    /// - Returns: in the order of receipt.
    func takeOver(dueBefore limit: ContinuousClock.Instant?) -> [Submission] {
        state.withLock { state in
            let open = (state.held.values.joined() + state.items).filter { !$0.ticket.isSettled }
            guard !open.isEmpty, limit.map({ limit in open.contains { $0.ticket.deadline < limit } }) ?? true else {
                return []
            }
            (state.items, state.held) = ([], [:])
            return open.sorted { $0.delivery.id < $1.delivery.id }
        }
    }

    /// Answers everything that has no answer yet: nobody is going to store it.
    func settleAll() {
        let tickets = state.withLock { state in
            defer { (state.items, state.tickets) = ([], []) }
            return state.tickets
        }
        tickets.forEach { $0.settle(.unavailable) }
    }

    /// Takes nothing in any more; writers finish what waits.
    func close() {
        let writers = state.withLock { state in
            state.isClosed = true
            defer { state.idleWriters = [] }
            return state.idleWriters
        }
        writers.forEach { $0.resume() }
    }
}
