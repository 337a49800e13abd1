import Database
import TestSupport

/// A repository whose settings a test changes.
enum CommandsSettings {
    static let repository = "octo-demo/hello"
    static let id: Int64 = 4711

    static func configure(_ words: [String], on database: TestDatabase) async throws -> CommandsRun {
        try await CommandsRun.worker(["configure", "--repository", repository] + words, on: database)
    }

    /// A database whose project GH follows the repository.
    static func withConnection(
        _ body: @Sendable (TestDatabase, Connection, ConnectedRepository) async throws -> Void
    ) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let repository = try await connection.connectRepository(id, repository)
            try await body(database, connection, repository)
        }
    }

    /// What is stored for the one connection; empty when nothing is.
    static func document(_ connection: Connection) async throws -> String {
        let rows =
            try await connection.values("select settings::text as value from github_sync.github_sync_settings")
            as [String]
        return rows.first ?? ""
    }
}
