import Base

/// The spool with all that moves deliveries into it and out of it.
struct SpoolService: Sendable {
    let route: SpoolRoute
    private let spool: Spool
    private let signal = SpoolDrain.Signal()
    private let log: Log

    /// - Throws: `SpoolProblem` when the directory cannot be used.
    init(
        _ config: SpoolConfig,
        storeLimit: Duration,
        repositories: ConnectedRepositories,
        log: Log
    ) throws(SpoolProblem) {
        spool = try Spool(config.directory, maxBytes: config.maxBytes, log: log)
        self.log = log
        route = SpoolRoute(
            contents: spool.contents,
            circuit: Circuit(log: log),
            // Larger groups than a database connection's: one wait for the disk serves them all.
            queue: DeliveryQueue(maxRows: 512, maxBytes: 8 << 20),
            repositories: repositories,
            lead: storeLimit - config.patience
        )
        if spool.contents.records > 0 {
            log(.info, "the spool holds deliveries of an earlier run", [.count: spool.contents.records])
        }
    }

    /// Writes to the spool until its queue is closed.
    func write() async {
        await SpoolWriter(spool: spool, queue: route.queue, drain: signal, log: log).run()
    }

    /// Moves what is in the spool to a database that has been found fit, until the task is cancelled.
    func drain(to store: DeliveryStore) async {
        await SpoolDrain(spool: spool, store: store, circuit: route.circuit, signal: signal, log: log).run()
    }

    /// Tries a disk that failed, and files that could not be opened, every second until the task is cancelled.
    func watchDisk() async {
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            await spool.tryAgain()
            if await spool.openAgain() { signal.send() }
        }
    }

    /// Answers what has waited too long for the disk, and takes over what has waited too long for the database.
    func look(at writers: DeliveryQueue) {
        route.queue.expire(at: .now)
        route.takeOver(from: writers)
        // The drain finds out when the database is back, even if nothing was spooled.
        if route.circuit.isOpen { signal.send() }
    }
}
