import Base
import Database
import Deliveries
import Foundation

/// Puts deliveries where workers find them: looks up their repositories, inserts in one statement, and tells what
/// became of each.
package struct DeliveryStore: Sendable {
    private static let largeBatch = 4 * 1024 * 1024

    let repositories: ConnectedRepositories
    package let connection: Connection
    package let health: DatabaseHealth
    let notifier: WorkerNotifier
    package let metrics: StoreMetrics

    package init(
        repositories: ConnectedRepositories,
        connection: Connection,
        health: DatabaseHealth,
        notifier: WorkerNotifier,
        metrics: StoreMetrics
    ) {
        self.repositories = repositories
        self.connection = connection
        self.health = health
        self.notifier = notifier
        self.metrics = metrics
    }

    /// Stores deliveries with different delivery ids.
    ///
    /// - Parameters:
    ///   - batch: what to store.
    ///   - report: hears the outcome of each delivery, after the commit.
    /// - Returns: those that have no outcome, because another session holds their rows.
    /// - Throws: `DatabaseError`; some deliveries may have had their outcome.
    package func store(
        _ batch: [Delivery],
        report: (Delivery, DeliveryOutcome) -> Void
    ) async throws -> [Delivery] {
        let connections = try await self.connections(of: Set(batch.map(\.repositoryID)))
        var rows: [DeliveryRow] = []
        var deliveries: [String: Delivery] = [:]
        for delivery in batch {
            switch connections[delivery.repositoryID] {
            case nil, .unconnected: report(delivery, .notConnected)
            case .one(let sync): rows.append(DeliveryRow(delivery, repositorySync: sync))
            case .several: rows.append(DeliveryRow(delivery, repositorySync: nil))
            }
            deliveries[delivery.deliveryID] = delivery
        }
        guard !rows.isEmpty else { return [] }

        let start = ContinuousClock.now
        let (written, held) = try await write(rows)
        rows.removeAll { held.contains($0.delivery.deliveryID) }
        metrics.commitSeconds.observe(.now - start)
        metrics.batchRows.observe(Double(rows.count))
        health.succeeded()
        if !written.isEmpty { notifier.notify() }
        // libpq keeps the largest buffer it ever needed for as long as the connection lives.
        if rows.map(\.delivery.payload.bytes.count).reduce(0, +) > Self.largeBatch { await connection.close() }
        for (deliveryID, id) in written {
            guard let delivery = deliveries[deliveryID] else { continue }
            report(delivery, id == delivery.id ? .accepted(id) : .requeued(id))
        }

        // What was not written had been stored before: by somebody else, or by an attempt of ours that lost its
        // connection.
        let known = rows.map(\.delivery.deliveryID).filter { written[$0] == nil }
        if !known.isEmpty {
            for (deliveryID, id) in try await connection.storedIDs(of: known) {
                guard let delivery = deliveries[deliveryID] else { continue }
                report(delivery, id == delivery.id ? .accepted(id) : .duplicate(id))
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
            // Without a held row, somebody holds the whole table or is about to insert one of these deliveries.
            guard !held.isEmpty else { throw error }
            metrics.databaseErrors.add(error.cause)
            return (try await connection.store(rows.filter { !held.contains($0.delivery.deliveryID) }), held)
        }
    }

    /// One query for all repositories that are not known, whatever the number of deliveries.
    private func connections(of ids: Set<Int64>) async throws -> [Int64: RepositoryConnection] {
        let known = repositories.known(ids)
        let unknown = ids.subtracting(known.keys)
        guard !unknown.isEmpty else { return known }
        let found = try await connection.connections(of: unknown)
        repositories.remember(found)
        return known.merging(found) { $1 }
    }
}

/// What is counted while deliveries are stored.
package struct StoreMetrics: Sendable {
    package let databaseErrors: Counters<DatabaseError.Cause>
    package let notifications: Counter
    let commitSeconds: Histogram
    let batchRows: Histogram

    package init(_ registry: inout MetricsRegistry, queue: DeliveryQueue) {
        databaseErrors = registry.counters(
            "plane_ingest_database_errors_total",
            "Attempts to store deliveries that failed.",
            for: DatabaseError.Cause.allCases
        ) { [("kind", $0.rawValue)] }
        notifications = registry.counter("plane_ingest_notifications_total", "Wake-ups sent to workers.")
        commitSeconds = registry.histogram(
            "plane_ingest_commit_seconds",
            "Storing one batch, commit included.",
            bounds: Histogram.seconds
        )
        batchRows = registry.histogram(
            "plane_ingest_batch_rows",
            "Deliveries stored in one batch.",
            bounds: [1, 2, 4, 8, 16, 32, 64, 128]
        )
        registry.gauge("plane_ingest_queue_rows", "Deliveries that wait for a writer.") { queue.count }
    }
}
