import Synchronization

/// The one answer that is owed for a delivery.
final class Ticket: Sendable {
    let deadline: ContinuousClock.Instant
    private let isAnswered = Atomic<Bool>(false)
    private let send: @Sendable (Answer) -> Void

    init(deadline: ContinuousClock.Instant, send: @escaping @Sendable (Answer) -> Void) {
        self.deadline = deadline
        self.send = send
    }

    var isSettled: Bool { isAnswered.load(ordering: .acquiring) }

    /// Sends the answer; the first one counts.
    func settle(_ answer: Answer) {
        guard !isAnswered.exchange(true, ordering: .acquiringAndReleasing) else { return }
        send(answer)
    }
}
