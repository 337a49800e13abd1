import Base
import Database

/// What a command works with: the settings, the database and the terminal.
struct CommandContext: Sendable {
    let environment: Environment
    let output: Output

    /// A connection to a database this program can work with.
    /// - Throws: `SchemaProblem` when it is behind, too new, or not Plane's.
    func checkedConnection(for command: String) async throws -> Connection {
        let connection = try uncheckedConnection(for: command)
        try await connection.checkSchema(Migration.all())
        return connection
    }

    /// A connection to whatever is there; only `migrate` may ask no questions.
    func uncheckedConnection(for command: String) throws(Environment.Problem) -> Connection {
        Connection(try environment.database(applicationName: "plane-worker \(command)"))
    }
}
