import Base
import Database
import Foundation

/// Sees deliveries being completed, as another client of the database does: looks every two milliseconds.
struct Completions {
    private let connection: Connection

    /// Nil without an address.
    init?(_ address: String?) throws {
        guard let address else { return nil }
        let environment = Environment(["DATABASE_URL": address])
        connection = Connection(try environment.database(applicationName: "benchmark"))
    }

    /// Watches until `count` deliveries are completed or the time is over.
    /// - Returns: by delivery id, when it was first seen to be completed.
    func watch(_ count: Int, until end: ContinuousClock.Instant) async throws -> [String: ContinuousClock.Instant] {
        var seen: [String: ContinuousClock.Instant] = [:]
        while seen.count < count, .now < end {
            let fresh: [String] = try await connection.completed()
            let now = ContinuousClock.now
            for id in fresh where seen[id] == nil { seen[id] = now }
            try await Task.sleep(for: .milliseconds(2))
        }
        return seen
    }
}

extension Connection {
    /// What was completed in the last half second: processed_at is the start of a transaction that may take a while.
    fileprivate func completed() throws -> [String] {
        try run(
            """
            select delivery_id from github_sync.github_webhook_events
            where processed_at > clock_timestamp() - interval '500 ms' and status = 'completed'
            """
        ).map { try $0.get("delivery_id") }
    }
}
