import Shared

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
        var backoff = ReconnectBackoff()
        while true {
            waiting.removeAll { $0.ticket.isSettled }
            guard !waiting.isEmpty else { return }
            do {
                try await attempt(waiting)
                backoff = ReconnectBackoff()
            } catch {
                store.metrics.databaseErrors.add(Failure(error))
                log(.warning, "deliveries not stored yet", reason: Failure(error).rawValue, [.error: "\(error)"])
                switch Failure(error) {
                case .delivery:
                    await isolate(waiting, error)
                    return
                case .unavailable, .other:
                    store.readiness.failed()
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

    private func attempt(_ batch: [Submission]) async throws {
        let tickets = Dictionary(uniqueKeysWithValues: batch.map { ($0.delivery.deliveryID, $0.ticket) })
        try await store.store(batch.map(\.delivery)) { delivery, answer in
            tickets[delivery.deliveryID]?.settle(answer)
        }
    }

    /// What an error says about the deliveries it came with.
    enum Failure: String, Sendable, CaseIterable {
        case unavailable, conflict
        /// One of the rows is to blame: its data, its size, or a rule of the table.
        case delivery
        /// Rights, disk space, a statement that took too long: the deliveries are not to blame.
        case other

        init(_ error: any Error) {
            guard let error = error as? DatabaseError else {
                self = .other
                return
            }
            if error.isUnavailable {
                self = .unavailable
            } else if error.isConflict {
                self = .conflict
            } else {
                let isOfRow = ["22", "23", "54"].contains(error.sqlState?.prefix(2) ?? "")
                self = isOfRow ? .delivery : .other
            }
        }
    }
}
