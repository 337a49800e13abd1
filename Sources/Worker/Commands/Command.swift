import Base
import Database

/// One thing an operator can ask of plane-worker.
protocol Command: Sendable {
    static var help: CommandHelp { get }

    /// - Throws: what is wrong with the command line.
    init(_ arguments: Arguments) throws(UsageProblem)

    func run(in context: CommandContext) async throws
}

extension Command {
    static func parse(_ words: [String]) throws(UsageProblem) -> Self {
        try Self(Arguments(words, command: help.name, options: help.options, positional: help.positional))
    }
}

/// What a command works with: the settings, the database and the terminal.
struct CommandContext: Sendable {
    let environment: Environment
    let output: Output

    func serviceLog() throws(Environment.Problem) -> Log {
        try environment.serviceLog(onTerminal: output.isErrorTerminal, help: Program.help)
    }

    /// A connection to a database this program can work with.
    /// - Throws: `SchemaProblem` when it is behind, too new, or not Plane's.
    func checkedConnection(for command: String) async throws -> Connection {
        let connection = try uncheckedConnection(for: command)
        try await connection.checkSchema(Migration.all())
        return connection
    }

    /// A connection to whatever is there, for commands that must work with any schema.
    func uncheckedConnection(for command: String) throws(Environment.Problem) -> Connection {
        Connection(try environment.database(applicationName: "plane-worker \(command)"))
    }
}

/// Why a command could not do what it was asked: one line for the operator.
struct CommandFailure: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
