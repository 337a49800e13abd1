import Base
import Database
import Foundation
import TestSupport

/// A database whose views a test reads as the monitor, and fills as somebody else.
struct MonitoringViews: Sendable {
    let connection: Connection
    let monitor: Connection

    static func with(_ body: @Sendable (MonitoringViews) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            try await body(
                MonitoringViews(
                    connection: database.connection(),
                    monitor: database.connection("monitor", as: .monitor)
                )
            )
        }
    }

    /// The rows of a query, columns separated by blanks, nulls left out.
    func rows(_ columns: String, from view: String) async throws -> [String] {
        try await monitor.values(
            Query(
                unescapedTextOfOurOwn: """
                    select concat_ws(' ', \(columns)) as value from github_sync.\(view) order by 1
                    """
            )
        )
    }

    /// Changes columns of one event.
    func set(_ assignments: String, of event: CommandsSeed) async throws {
        try await connection.change(
            Query(
                unescapedTextOfOurOwn: """
                    update github_sync.github_webhook_events set \(assignments) where id = '\(event.id.text)'
                    """
            )
        )
    }

    /// Adds an event and returns it.
    @discardableResult
    func add(
        _ status: EventStatus = .pending,
        _ type: EventType = .issues,
        age: Double = 0,
        error: String? = nil,
        set assignments: String? = nil
    ) async throws -> CommandsSeed {
        var seed = CommandsSeed(age: age)
        seed.status = status
        seed.type = type
        seed.error = error
        try await connection.insert(seed)
        if let assignments { try await set(assignments, of: seed) }
        return seed
    }
}
