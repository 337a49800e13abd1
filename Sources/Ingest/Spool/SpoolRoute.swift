import Base
import Deliveries
import Foundation
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

extension MetricsRegistry {
    /// What the spool holds and what became of it.
    package mutating func declareSpool(_ route: SpoolRoute) {
        let (contents, breaker) = (route.contents, route.breaker)
        gauge("plane_ingest_spool_bytes", "Bytes of the spool on disk.") { contents.numbers.bytes }
        gauge("plane_ingest_spool_records", "Deliveries that wait in the spool.") { contents.records }
        gauge("plane_ingest_spool_segments", "Files of the spool.") { contents.numbers.segments }
        gauge("plane_ingest_spool_oldest_seconds", "Age of the oldest delivery in the spool.") {
            contents.numbers.oldest.map { max(0, Int(Date().timeIntervalSince($0))) } ?? 0
        }
        gauge("plane_ingest_spool_circuit_open", "1 while deliveries go to the spool.") { breaker.isOpen ? 1 : 0 }
        let totals: [(String, String, @Sendable (SpoolContents.Numbers) -> Int)] = [
            ("appended", "Deliveries written to the spool.", \.appended),
            ("drained", "Deliveries moved from the spool to the database.", \.drained),
            ("dropped", "Deliveries of the spool whose repository turned out not to be connected.", \.dropped),
            ("errors", "Failed writes, damaged segments and rows that PostgreSQL refused.", \.errors),
        ]
        for (name, help, number) in totals {
            observed(.counter, "plane_ingest_spool_\(name)_total", help) {
                [MetricSample(value: Double(number(contents.numbers)))]
            }
        }
    }
}
