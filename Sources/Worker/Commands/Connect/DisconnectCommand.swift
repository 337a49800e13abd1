import Base
import JSON

/// Ends a connection and keeps what it brought.
struct DisconnectCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "disconnect",
        summary: "end the sync of a repository to a project, keeping all data",
        usage: "--workspace SLUG --project IDENTIFIER\n--repository OWNER/NAME [--json]",
        options: [.workspace, .project, .repository, .json],
        details: [
            "Marks the connection as deleted, as Plane does. Issues, comments, labels,",
            "settings and the versions of issues are kept, so that connect can continue where",
            "this ended. If no other project follows the repository, its deliveries are",
            "answered 404 after some seconds, and queued ones are completed as ignored.",
            "Remove the webhook on GitHub too.",
            "",
            "Keys with --json: workspace, project, repository, disconnected (false if it was",
            "not connected any more).",
        ],
        example: [
            "plane-worker disconnect --workspace acme --project GH \\",
            "    --repository octocat/hello-world",
        ]
    )

    let filter: SyncFilter
    let workspace: String
    let project: String
    let repository: String
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        (workspace, project, repository) = try arguments.connectionName()
        filter = try SyncFilter(arguments)
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let ended = try await connection.disconnect(filter, from: repository)
        try await connection.applyEffectiveRate(of: ended.githubID)
        if json {
            let report: JSONValue = .object([
                "workspace": .string(workspace), "project": .string(project), "repository": .string(repository),
                "disconnected": .bool(ended.isNew),
            ])
            return try context.output.print(report)
        }
        try context.output.print(lines(ended).map(Printable.line))
    }

    private func lines(_ ended: EndedConnection) -> [String] {
        let place = "\(workspace)/\(project)"
        guard ended.isNew else { return ["not connected any more: \(repository) to \(place), since \(ended.since)"] }
        let others =
            ended.others.isEmpty
            ? "nobody follows the repository now: its deliveries are answered 404 in some seconds"
            : "still followed by: \(ended.others.joined(separator: ", "))"
        return [
            "disconnected \(repository) from \(place)", others,
            "kept: \(ended.issues) synced issues with all that hangs on them, the settings, the events",
            "plane-worker connect takes it up again",
        ]
    }
}
