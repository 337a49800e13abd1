import Base
import Deliveries
import Store

/// Where deliveries go while the database does not answer.
package struct SpoolConfig: Sendable, Equatable {
    let directory: String
    /// Of all segments together.
    let maxBytes: Int
    /// How long the database may leave a delivery unanswered before it goes to the spool.
    let patience: Duration

    /// Nil unless `INGEST_SPOOL_DIR` is set.
    package init?(_ environment: Environment, storeLimit: Duration) throws(Environment.Problem) {
        maxBytes = try environment.int("INGEST_SPOOL_MAX_BYTES", in: (1 << 20)...(1 << 40), default: 1 << 30)
        patience = try environment.seconds(
            "INGEST_SPOOL_AFTER",
            in: 0.1...20,
            default: min(.seconds(2), storeLimit / 2)
        )
        guard let directory = environment.string("INGEST_SPOOL_DIR") else { return nil }
        self.directory = directory
        guard patience < storeLimit else {
            throw Environment.Problem(
                """
                INGEST_SPOOL_AFTER is \(patience / .seconds(1)), expected less than INGEST_STORE_SECONDS \
                (\(storeLimit / .seconds(1)))
                """
            )
        }
    }
}

/// The spool with all that moves deliveries into it and out of it.
package struct SpoolService: Sendable {
    package let route: SpoolRoute
    private let spool: Spool
    private let drainSignal = SpoolDrain.Signal()
    private let log: Log

    /// - Throws: `SpoolProblem` when the directory cannot be used.
    package init(
        _ config: SpoolConfig,
        storeLimit: Duration,
        repositories: ConnectedRepositories,
        log: Log
    ) throws(SpoolProblem) {
        spool = try Spool(config.directory, maxBytes: config.maxBytes, log: log)
        self.log = log
        route = SpoolRoute(
            contents: spool.contents,
            breaker: CircuitBreaker(log: log),
            // Larger groups than a database connection's: one wait for the disk serves them all.
            queue: DeliveryQueue(maxRows: 512, maxBytes: 8 << 20),
            repositories: repositories,
            leadTime: storeLimit - config.patience
        )
        if spool.contents.records > 0 {
            log(.info, "the spool holds deliveries of an earlier run", [.count: spool.contents.records])
        }
    }

    /// Takes what goes around the database, writes it to the spool, and tells the outcomes once it is safe on disk.
    ///
    /// Ends when the queue is closed and empty.
    package func write() async {
        while let batch = await route.queue.take() {
            let results = await spool.append(batch.map(\.delivery))
            for (submission, result) in zip(batch, results) {
                let delivery = submission.delivery
                switch result {
                case .stored:
                    log(.debug, "delivery written to the spool", delivery.logKeys)
                    submission.settle(.accepted(delivery.id))
                // Under its own id it is no duplicate: it came twice because a writer held it when it was taken over.
                case .known(let id): submission.settle(id == delivery.id ? .accepted(id) : .duplicate(id))
                case .refused: submission.settle(.unavailable)
                }
            }
            drainSignal.send()
        }
    }

    /// Moves what is in the spool to a database that has been found fit, until the task is cancelled.
    package func drain(to store: DeliveryStore) async {
        await SpoolDrain(spool: spool, store: store, breaker: route.breaker, signal: drainSignal, log: log).run()
    }

    /// Tries a disk that failed, and files that could not be opened, every second until the task is cancelled.
    package func watchDisk() async {
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            await spool.retryDisk()
            if await spool.reopenSegments() { drainSignal.send() }
        }
    }

    /// Ends the wait of what has waited too long for the disk, and takes over what has waited too long for the database.
    package func checkDeadlines(of writers: DeliveryQueue) {
        route.queue.expire(at: .now)
        route.takeOver(from: writers)
        // The drain finds out when the database is back, even if nothing was spooled.
        if route.breaker.isOpen { drainSignal.send() }
    }
}
