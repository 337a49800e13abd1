import Base
import Store
import Synchronization

/// Whether deliveries go to the database (closed) or around it to the spool (open).
package final class CircuitBreaker: Sendable {
    private let state = Atomic<Bool>(false)
    private let log: Log

    init(log: Log) { self.log = log }

    package var isOpen: Bool { state.load(ordering: .acquiring) }

    func open() {
        guard !state.exchange(true, ordering: .acquiringAndReleasing) else { return }
        log(.warning, "the database does not answer: deliveries go to the spool")
    }

    package func close() { state.store(false, ordering: .releasing) }
}

/// The way of a delivery around a database that does not answer.
package struct SpoolRoute: Sendable {
    package let contents: SpoolContents
    package let breaker: CircuitBreaker
    /// What is to be written to the spool.
    package let queue: DeliveryQueue
    let repositories: ConnectedRepositories
    /// How long before its deadline a delivery goes this way.
    let leadTime: Duration

    /// The database cannot be asked about the repository now, so what was last known of it decides; a delivery of an
    /// unknown one is kept until the database can be asked.
    package func submit(_ submission: Submission) {
        if repositories.lastKnown(submission.delivery.repositoryID) == .unconnected {
            submission.settle(.notConnected)
        } else {
            queue.submit(submission)
        }
    }

    /// Takes over everything that waits for the database, even what a writer holds, once one delivery has waited too long.
    ///
    /// Should the writer come through after all, the same row is stored twice, which changes nothing.
    func takeOver(from writers: DeliveryQueue, at now: ContinuousClock.Instant = .now) {
        let late = writers.takeOver(dueBefore: breaker.isOpen ? nil : now + leadTime)
        guard !late.isEmpty else { return }
        breaker.open()
        late.forEach(submit)
    }
}
