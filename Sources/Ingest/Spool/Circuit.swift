import Base
import Synchronization

/// Whether deliveries go to the database (closed) or around it (open).
final class Circuit: Sendable {
    private let state = Atomic<Bool>(false)
    private let log: Log

    init(log: Log) { self.log = log }

    var isOpen: Bool { state.load(ordering: .acquiring) }

    func open() {
        guard !state.exchange(true, ordering: .acquiringAndReleasing) else { return }
        log(.warning, "the database does not answer: deliveries go to the spool")
    }

    func close() { state.store(false, ordering: .releasing) }
}
