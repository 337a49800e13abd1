import Database

/// Brings our own schema up to date.
struct MigrateCommand: Command {
    static let help = CommandHelp(
        name: "migrate",
        summary: "create or update the github_sync schema in Plane's database",
        details: [
            "Plane's own tables are not changed. Each migration is one transaction: it is",
            "applied whole or not at all. Several hosts may run this at the same time: one",
            "works, the others wait and find nothing left. Where somebody holds a lock on a",
            "table it lets others by every two seconds, and gives up after ten minutes.",
        ],
        example: ["DATABASE_URL=postgres://plane@localhost/plane plane-worker migrate"]
    )

    init(_ arguments: Arguments) throws(UsageProblem) {}

    func run(in context: CommandContext) async throws {
        let migrations = try Migration.all()
        let connection = try context.uncheckedConnection(for: Self.help.name)
        let missing = try await connection.missingPlaneMigrations()
        guard missing.isEmpty else {
            throw CommandFailure("\(missing.joined(separator: ", ")): nothing was changed")
        }
        let output = context.output
        // Told as it happens; that nobody listens must not stop a migration.
        let applied = try await connection.migrate(migrations) {
            output.note("\($0) waits for a lock that somebody else holds")
        } report: {
            try? output.print("applied \($0)")
        }
        // A database that a newer program migrated has nothing for us to do, and may need that program.
        try await connection.checkSchema(migrations)
        guard applied.isEmpty else { return }
        try output.print("nothing to do: the schema is at \(try await connection.latestMigration())")
    }
}
