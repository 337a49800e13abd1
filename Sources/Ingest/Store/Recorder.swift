import Base
import Database
import Deliveries

/// A writer: takes what waits in the queue, stores it in one statement, and tells the outcomes after the commit.
package struct Recorder: Sendable {
    let queue: DeliveryQueue
    /// Tells this writer from the others at the queue.
    let number: Int
    let store: DeliveryStore
    let log: LimitedLog

    package init(queue: DeliveryQueue, number: Int, store: DeliveryStore, log: LimitedLog) {
        self.queue = queue
        self.number = number
        self.store = store
        self.log = log
    }

    /// Ends when the queue is closed and empty.
    ///
    /// Not to be cancelled: what came in is stored first.
    package func run() async {
        while let batch = await queue.take(as: number) { await record(batch) }
    }

    /// Tries until every delivery has its outcome; the queue settles those whose deadline passes meanwhile.
    private func record(_ batch: [Submission]) async {
        var waiting = batch
        var backoff = Backoff(from: .milliseconds(25), to: .seconds(1))
        while true {
            waiting.removeAll { $0.isSettled }
            guard !waiting.isEmpty else { return }
            do {
                if try await attempt(waiting) {
                    backoff.reset()
                } else {
                    log(.warning, "deliveries wait for rows that another session holds", reason: "lock")
                    try? await Task.sleep(for: backoff.next())
                }
            } catch {
                let cause = DatabaseError.Cause(error)
                store.metrics.databaseErrors.add(cause)
                log(.warning, "deliveries not stored yet", reason: cause.rawValue, [.error: "\(error)"])
                if cause == .row { return await isolate(waiting, error) }
                if cause != .conflict { store.health.failed(by: error) }
                try? await Task.sleep(for: backoff.next())
            }
        }
    }

    /// Stores the halves of a batch apart, so that a row that PostgreSQL refuses does not keep its neighbours out.
    private func isolate(_ batch: [Submission], _ error: any Error) async {
        if batch.count == 1 {
            let state = (error as? DatabaseError)?.sqlState ?? ""
            batch[0].settle(.invalid(.refused, detail: "The database cannot store this delivery (\(state))."))
        } else {
            await record(Array(batch[..<(batch.count / 2)]))
            await record(Array(batch[(batch.count / 2)...]))
        }
    }

    /// - Returns: false when some have to wait for their rows.
    private func attempt(_ batch: [Submission]) async throws -> Bool {
        let submissions = Dictionary(uniqueKeysWithValues: batch.map { ($0.delivery.deliveryID, $0) })
        let held = try await store.store(batch.map(\.delivery)) { delivery, outcome in
            submissions[delivery.deliveryID]?.settle(outcome)
        }
        return held.isEmpty
    }
}

extension DatabaseError.Cause {
    /// What any error says about the deliveries it came with.
    package init(_ error: any Error) { self = (error as? DatabaseError)?.cause ?? .other }
}
