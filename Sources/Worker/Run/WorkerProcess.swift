import Foundation
import Shared

/// `plane-worker run`: a claim loop with its slots, and the upkeep beside it.
enum WorkerProcess {
    /// Works until the task is cancelled, finishes what is in hand and signs off.
    /// - Throws: `SchemaProblem` when the database is not one this program can work with.
    static func run(_ config: WorkerConfig, log: Log) async throws {
        let identity = WorkerIdentity.ofThisProcess()
        let log = log.with([.worker: identity.id])
        let maintenance = Connection(config.database)
        try await waitForSchema(maintenance, log: log)

        let leases = Leases(lease: config.lease)
        let wakeUp = WakeUp()
        let upkeep = Upkeep(config: config, identity: identity, leases: leases, connection: maintenance, log: log)
        let listener = Listener(connection: Connection(config.database), wakeUp: wakeUp, log: log)
        // Not children of this task: leases must be renewed while a cancelled claim loop finishes its batches.
        let beside = [Task { await upkeep.run() }] + (config.database.pooled ? [] : [Task { await listener.run() }])

        log(.info, "working", [.version: Version.current])
        await withTaskCancellationHandler {
            await ClaimLoop(config: config, identity: identity, leases: leases, wakeUp: wakeUp, log: log).run()
        } onCancel: {
            log(.info, "stopping: finishing what is in hand")
            Task.detached { await stopHard(after: config.drain, config: config, leases: leases, log: log) }
        }
        beside.forEach { $0.cancel() }
        for task in beside { await task.value }
        try? await maintenance.signOff(identity)  // the fleet view will show it as lost instead
        log(.info, "stopped")
    }

    /// A database that is away at the start is waited for; one that does not fit ends the program.
    private static func waitForSchema(_ connection: Connection, log: Log) async throws {
        var pause = Pause(from: .milliseconds(200), to: .seconds(5))
        let migrations = try Migration.all()
        while true {
            do {
                return try await connection.checkSchema(migrations)
            } catch let error as DatabaseError where error.isUnavailable {
                log(.warning, "waiting for the database", error: error)
                try await Task.sleep(for: pause.next())
            }
        }
    }

    /// The end of patience: gives back what is still held, without costing a retry, and ends the process.
    private static func stopHard(after limit: Duration, config: WorkerConfig, leases: Leases, log: Log) async {
        try? await Task.sleep(for: limit)
        let held = leases.held
        log(.error, "not done in time: giving back what is held", [.count: held.reduce(0) { $0 + $1.events.count }])
        let connection = Connection(config.database)
        for claim in held {
            do {
                try await connection.release(claim)
            } catch {
                log(.error, "a claim could not be given back; its lease will run out", error: error)
            }
        }
        exit(1)
    }
}
