import Base
import Database
import Deliveries
import Foundation
import Store

/// Moves what is in the spool to the database, in order, with the statement the recorders use.
///
/// It also tries a database that did not answer, and closes the circuit breaker when it answers again. New deliveries
/// then go straight to the database while older ones are still drained: the order of receipt is in the event ids, not in
/// the order of insertion.
struct SpoolDrain: Sendable {
    /// Wakes the drain; signals that come together count as one.
    struct Signal: Sendable {
        fileprivate let stream: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation

        init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

        func send() { continuation.yield() }
    }

    /// What became of a batch.
    private struct Result {
        var drained = 0
        var unconnected: [Delivery] = []
        /// Another session holds the rows of these.
        var held: [Delivery] = []
        /// PostgreSQL refuses these.
        var refused: [(delivery: Delivery, error: any Error)] = []
        /// Whether the database itself answered; of repositories that are known not to be connected it is not asked.
        var isDatabaseAlive = false
    }

    /// The database answers but is read-only, or the role may not insert.
    private struct NotWritable: Error {}

    let spool: Spool
    let store: DeliveryStore
    let breaker: CircuitBreaker
    let signal: Signal
    let log: Log

    /// Runs until the task is cancelled; what is left then is drained after the next start.
    func run() async {
        let limitedLog = LimitedLog(log, pause: .seconds(10))
        var signals = signal.stream.makeAsyncIterator()
        var backoff = Backoff(from: .milliseconds(25), to: .seconds(1))
        var moved = 0
        while !Task.isCancelled {
            do {
                if let batch = await spool.next() {
                    moved += try await drain(batch, limitedLog)
                } else if breaker.isOpen {
                    guard try await store.connection.isWritable() else { throw NotWritable() }
                    databaseIsBack()
                } else {
                    // Segments that cannot be opened now still count as records.
                    if moved > 0, spool.contents.records == 0 { log(.info, "the spool is drained", [.count: moved]) }
                    moved = 0
                    guard await signals.next() != nil else { return }
                }
                backoff.reset()
            } catch {
                store.health.failed(by: error)
                let cause = DatabaseError.Cause(error)
                store.metrics.databaseErrors.add(cause)
                limitedLog(.warning, "the spool waits for the database", reason: cause.rawValue, [.error: "\(error)"])
                try? await Task.sleep(for: backoff.next())
            }
        }
    }

    private func databaseIsBack() {
        breaker.close()
        store.health.succeeded()
    }

    /// - Returns: how many deliveries the spool no longer holds.
    private func drain(_ batch: Spool.Batch, _ limitedLog: LimitedLog) async throws -> Int {
        var result = Result()
        try await move(batch.deliveries, &result)
        if result.isDatabaseAlive { databaseIsBack() }
        for (delivery, error) in result.refused { await putAside(delivery, of: batch.segment, error) }
        let isFinished = await spool.finish(batch, postponing: result.held)
        if !result.held.isEmpty {
            limitedLog(.warning, "deliveries in the spool wait for rows that another session holds", reason: "lock")
            // Where there are no others to go on with, the next batch is the same.
            try? await Task.sleep(for: .seconds(1))
        }
        guard isFinished else { return 0 }
        let (drained, unconnected) = (result.drained, result.unconnected)
        spool.contents.update {
            $0.drained += drained
            $0.dropped += unconnected.count
        }
        for delivery in unconnected {
            log(.warning, "a delivery from the spool is dropped: its repository is not connected", delivery.logKeys)
        }
        return batch.deliveries.count - result.held.count
    }

    /// Stores deliveries, the halves apart where PostgreSQL refuses one, so that it does not keep the others out.
    private func move(_ deliveries: [Delivery], _ result: inout Result) async throws {
        var unconnected: [Delivery] = []
        do {
            let held = try await store.store(deliveries) { delivery, outcome in
                if outcome == .notConnected { unconnected.append(delivery) }
                log(.debug, "delivery moved from the spool to the database", delivery.logKeys(of: outcome))
            }
            result.isDatabaseAlive = result.isDatabaseAlive || unconnected.count < deliveries.count
            result.drained += deliveries.count - unconnected.count - held.count
            result.unconnected += unconnected
            result.held += held
        } catch  where DatabaseError.Cause(error) == .row {
            result.isDatabaseAlive = true
            if deliveries.count == 1 {
                result.refused.append((deliveries[0], error))
            } else {
                try await move(Array(deliveries[..<(deliveries.count / 2)]), &result)
                try await move(Array(deliveries[(deliveries.count / 2)...]), &result)
            }
        }
    }

    private func putAside(_ delivery: Delivery, of segment: UInt64, _ error: any Error) async {
        log(.error, "the database refuses a delivery from the spool", error: error, delivery.logKeys)
        spool.contents.update { $0.errors += 1 }
        do {
            try RefusedDeliveries(path: spool.directory.refused).append(delivery, error: "\(error)")
        } catch {
            log(.error, "it cannot be put aside: its segment is kept instead", error: error)
            await spool.keep(segment)
        }
    }
}

/// Deliveries from the spool that PostgreSQL refuses: a JSON line each, with its error, for a person to look at.
struct RefusedDeliveries: Sendable {
    let path: String

    /// - Throws: when the line is not safe on disk.
    func append(_ delivery: Delivery, error: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = [
            "event_id": delivery.id.text,
            "delivery": delivery.deliveryID,
            "event": delivery.event.rawValue,
            "repository": delivery.repositoryName,
            "received": delivery.received.ISO8601Format(),
            "error": error,
            "payload": String(decoding: delivery.payload.bytes, as: UTF8.self),
        ]
        let file = try SpoolFile(path, O_WRONLY | O_CREAT)
        try file.write(Array(try encoder.encode(line)) + [UInt8(ascii: "\n")], at: try file.size())
        try file.synchronize()
    }
}
