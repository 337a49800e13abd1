import Base
import Database

/// A writer: takes what waits in the queue, stores it in one statement, and answers after the commit.
struct Recorder: Sendable {
    let queue: DeliveryQueue
    /// Tells this writer from the others at the queue.
    let number: Int
    let store: DeliveryStore
    let log: LimitedLog

    /// Ends when the queue is closed and empty.
    ///
    /// Not to be cancelled: what came in is stored first.
    func run() async {
        while let batch = await queue.take(as: number) { await record(batch) }
    }

    /// Tries until every delivery has its answer; those whose time is up were answered by the queue.
    private func record(_ batch: [Submission]) async {
        var waiting = batch
        var backoff = Backoff(from: .milliseconds(25), to: .seconds(1))
        while true {
            waiting.removeAll { $0.ticket.isSettled }
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
                switch cause {
                case .row:
                    await isolate(waiting, error)
                    return
                case .unavailable, .timeout, .other:
                    store.readiness.failed(by: error)
                    try? await Task.sleep(for: backoff.next())
                case .conflict:
                    try? await Task.sleep(for: backoff.next())
                }
            }
        }
    }

    /// A row that PostgreSQL refuses must not cost its neighbours their place.
    private func isolate(_ batch: [Submission], _ error: any Error) async {
        if batch.count == 1 {
            let state = (error as? DatabaseError)?.sqlState ?? ""
            batch[0].ticket.settle(.invalid(.refused, detail: "The database cannot store this delivery (\(state))."))
        } else {
            await record(Array(batch[..<(batch.count / 2)]))
            await record(Array(batch[(batch.count / 2)...]))
        }
    }

    /// - Returns: false when some have to wait for their rows.
    private func attempt(_ batch: [Submission]) async throws -> Bool {
        let tickets = Dictionary(uniqueKeysWithValues: batch.map { ($0.delivery.deliveryID, $0.ticket) })
        let held = try await store.store(batch.map(\.delivery)) { delivery, answer in
            tickets[delivery.deliveryID]?.settle(answer)
        }
        return held.isEmpty
    }
}

extension DatabaseError.Cause {
    /// What any error says about the deliveries it came with.
    init(_ error: any Error) { self = (error as? DatabaseError)?.cause ?? .other }
}
