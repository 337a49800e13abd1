import Database
import Inspect
import JSON

/// Removes the mapping of a GitHub user.
struct UsersUnmapCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "users unmap",
        summary: "remove the mapping of a GitHub user",
        usage: "LOGIN [--json]",
        positional: "LOGIN",
        options: [.json],
        details: [
            "Assignments and authors in Plane stay as they are. From now on the GitHub user",
            "has no Plane user again.",
            "Keys with --json: login, github_ids (list; empty when nothing was mapped).",
        ],
        example: ["plane-worker users unmap octocat"]
    )

    let login: GitHubLogin
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        guard arguments.positionals.count == 1 else {
            throw arguments.problem("expected one LOGIN, found \(arguments.positionals.count) words")
        }
        login = try GitHubLogin(arguments.positionals[0], arguments)
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let ids = try await connection.unlink(login: login.name, by: .ofShell())
        if json {
            let report: JSONValue = .object([
                "login": .string(login.name), "github_ids": .array(ids.map { .int(Int($0)) }),
            ])
            return try context.output.print(report)
        }
        guard !ids.isEmpty else { return try context.output.print("not mapped: \(login.name)") }
        try context.output.print("unmapped: \(login.name) (\(ids.map(String.init).joined(separator: ", ")))")
    }
}
