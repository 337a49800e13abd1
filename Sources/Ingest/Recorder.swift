import Shared

/// A writer: takes what waits in the queue, stores it in one statement, and answers after the commit.
struct Recorder: Sendable {
    private static let largeBatch = 4 * 1024 * 1024

    let queue: DeliveryQueue
    let repositories: ConnectedRepositories
    let connection: Connection
    let readiness: Readiness
    let wakeup: Wakeup
    let metrics: IngestMetrics
    let log: LimitedLog

    /// Ends when the queue is closed and empty.
    ///
    /// Not to be cancelled: what came in is stored first.
    func run() async {
        while let batch = await queue.take() { await record(batch) }
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
                metrics.databaseErrors.add(Failure(error))
                log(.warning, "deliveries not stored yet", reason: Failure(error).rawValue, [.error: "\(error)"])
                switch Failure(error) {
                case .delivery:
                    await isolate(waiting, error)
                    return
                case .unavailable, .other:
                    readiness.failed()
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
        let connections = try await self.connections(of: Set(batch.map(\.delivery.repository.id)))
        var rows: [DeliveryRow] = []
        var submissions: [String: Submission] = [:]
        for submission in batch {
            let delivery = submission.delivery
            switch connections[delivery.repository.id] {
            case nil, .some(.none): submission.ticket.settle(.notConnected)
            case .one(let sync): rows.append(DeliveryRow(delivery: delivery, repositorySync: sync))
            case .several: rows.append(DeliveryRow(delivery: delivery, repositorySync: nil))
            }
            submissions[delivery.deliveryID] = submission
        }
        guard !rows.isEmpty else { return }

        let start = ContinuousClock.now
        let written = try await connection.store(rows)
        metrics.commitSeconds.observe(.now - start)
        metrics.batchRows.observe(Double(rows.count))
        readiness.succeeded()
        if !written.isEmpty { wakeup.signal() }
        // libpq keeps the largest buffer it ever needed for as long as the connection lives.
        if rows.map(\.delivery.payload.bytes.count).reduce(0, +) > Self.largeBatch { await connection.close() }
        for (deliveryID, id) in written {
            guard let submission = submissions[deliveryID] else { continue }
            submission.ticket.settle(id == submission.delivery.id ? .accepted(id) : .requeued(id))
        }
        try await answerKnown(rows.map(\.delivery.deliveryID).filter { written[$0] == nil }, submissions)
    }

    /// What was not written had been stored before: by somebody else, or by an attempt of ours that lost its connection.
    private func answerKnown(_ deliveries: [String], _ submissions: [String: Submission]) async throws {
        guard !deliveries.isEmpty else { return }
        for (deliveryID, id) in try await connection.storedIDs(of: deliveries) {
            guard let submission = submissions[deliveryID] else { continue }
            submission.ticket.settle(id == submission.delivery.id ? .accepted(id) : .duplicate(id))
        }
    }

    /// One query for all repositories that are not known, whatever the number of deliveries.
    private func connections(of ids: Set<Int64>) async throws -> [Int64: ConnectedRepositories.Connection] {
        let known = repositories.known(ids)
        let unknown = ids.subtracting(known.keys)
        guard !unknown.isEmpty else { return known }
        let found = try await connection.connections(of: unknown)
        repositories.remember(found)
        return known.merging(found) { $1 }
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
