import Base
import Database
import Foundation

/// Puts deliveries where workers find them: looks up their repositories, inserts in one statement, and tells what
/// became of each.
struct DeliveryStore: Sendable {
    private static let largeBatch = 4 * 1024 * 1024

    let repositories: ConnectedRepositories
    let connection: Connection
    let readiness: Readiness
    let wakeup: Wakeup
    let metrics: IngestMetrics

    /// Stores deliveries with different delivery ids.
    ///
    /// - Parameters:
    ///   - batch: what to store.
    ///   - outcome: hears the answer to each delivery, after the commit.
    /// - Returns: those that have no answer, because another session holds their rows.
    /// - Throws: `DatabaseError`; some deliveries may have had their answer.
    func store(_ batch: [Delivery], outcome: (Delivery, Answer) -> Void) async throws -> [Delivery] {
        let connections = try await self.connections(of: Set(batch.map(\.repositoryID)))
        var rows: [DeliveryRow] = []
        var deliveries: [String: Delivery] = [:]
        for delivery in batch {
            switch connections[delivery.repositoryID] {
            case nil, .some(.none): outcome(delivery, .notConnected)
            case .one(let sync): rows.append(DeliveryRow(delivery: delivery, repositorySync: sync))
            case .several: rows.append(DeliveryRow(delivery: delivery, repositorySync: nil))
            }
            deliveries[delivery.deliveryID] = delivery
        }
        guard !rows.isEmpty else { return [] }

        let start = ContinuousClock.now
        let (written, held) = try await write(rows)
        rows.removeAll { held.contains($0.delivery.deliveryID) }
        metrics.commitSeconds.observe(.now - start)
        metrics.batchRows.observe(Double(rows.count))
        readiness.succeeded()
        if !written.isEmpty { wakeup.signal() }
        // libpq keeps the largest buffer it ever needed for as long as the connection lives.
        if rows.map(\.delivery.payload.bytes.count).reduce(0, +) > Self.largeBatch { await connection.close() }
        for (deliveryID, id) in written {
            guard let delivery = deliveries[deliveryID] else { continue }
            outcome(delivery, id == delivery.id ? .accepted(id) : .requeued(id))
        }

        // What was not written had been stored before: by somebody else, or by an attempt of ours that lost its
        // connection.
        let known = rows.map(\.delivery.deliveryID).filter { written[$0] == nil }
        if !known.isEmpty {
            for (deliveryID, id) in try await connection.storedIDs(of: known) {
                guard let delivery = deliveries[deliveryID] else { continue }
                outcome(delivery, id == delivery.id ? .accepted(id) : .duplicate(id))
            }
        }
        return batch.filter { held.contains($0.deliveryID) }
    }

    /// Writes all rows but those that another session holds.
    private func write(_ rows: [DeliveryRow]) async throws -> (written: [String: UUID], held: Set<String>) {
        do {
            return (try await connection.store(rows), [])
        } catch let error as DatabaseError where error.isLockTimeout {
            let held = try await connection.held(rows.map(\.delivery.deliveryID))
            // Else somebody holds the table, or is about to insert one of them.
            guard !held.isEmpty else { throw error }
            metrics.databaseErrors.add(error.cause)
            return (try await connection.store(rows.filter { !held.contains($0.delivery.deliveryID) }), held)
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
}
