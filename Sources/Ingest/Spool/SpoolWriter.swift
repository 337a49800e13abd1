import Base

/// Takes what goes around the database, writes it to the spool, and answers once it is safe on disk.
struct SpoolWriter: Sendable {
    let spool: Spool
    let queue: DeliveryQueue
    /// Tells the drain that there is something.
    let drain: SpoolDrain.Signal
    let log: Log

    /// Ends when the queue is closed and empty.
    func run() async {
        while let batch = await queue.take() {
            let outcomes = await spool.append(batch.map(\.delivery))
            for (submission, outcome) in zip(batch, outcomes) {
                if outcome == .stored { log(.debug, "delivery written to the spool", submission.delivery.logKeys) }
                submission.ticket.settle(Self.answer(submission.delivery, outcome))
            }
            drain.send()
        }
    }

    private static func answer(_ delivery: Delivery, _ outcome: Spool.Outcome) -> Answer {
        switch outcome {
        case .stored: .accepted(delivery.id)
        // Its own id: it came twice because a writer held it when it was taken over.
        case .known(let id): id == delivery.id ? .accepted(id) : .duplicate(id)
        case .refused: .unavailable
        }
    }
}
