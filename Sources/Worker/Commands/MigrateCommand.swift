import Database
import Inspect

/// Brings our own schema up to date.
struct MigrateCommand: Command {
    static let help = CommandHelp(
        name: "migrate",
        summary: "create or update the github_sync schema in Plane's database",
        details: [
            "Plane's own tables are not changed. Each migration is one transaction: it is",
            "applied whole or not at all. Several hosts may run this at the same time: one",
            "applies the migrations, the others wait and find nothing to do. While another",
            "session holds a lock on a table, it tries again every few seconds, so that it",
            "never blocks others for long, and gives up after ten minutes.",
        ],
        example: ["DATABASE_URL=postgres://plane@localhost/plane plane-worker migrate"],
        group: "plane_sync_owner"
    )

    init(_ arguments: Arguments) throws(UsageProblem) {}

    func run(in context: CommandContext) async throws {
        let migrations = try Migration.all()
        let connection = try context.uncheckedConnection(for: Self.help.name)
        try await connection.open()
        let problems = try await connection.planeProblems()
        guard problems.isEmpty else {
            throw CommandFailure("\(problems.joined(separator: ", ")): nothing was changed")
        }
        let output = context.output
        // Each migration is printed as soon as it is applied. A closed output must not stop the next one.
        let applied = try await connection.migrate(migrations) {
            output.note("\($0) waits for a lock that somebody else holds")
        } report: {
            try? output.print("applied \($0)")
        }
        // If a newer program migrated the database, there is nothing to apply, and this program may be too old for it.
        try await connection.checkSchema(migrations)
        guard applied.isEmpty else { return }
        try output.print("nothing to do: the schema is at \(try await connection.latestMigration())")
    }
}

extension Connection {
    /// The name of the last migration that was applied here, by whatever version of the program.
    fileprivate func latestMigration() throws -> String {
        try run("select max(name) as name from github_sync.schema_migrations")[0].get("name")
    }
}
