import Base
import Database
import GitHub
import GitHubClient
import Inspect
import JSON

/// Ends a connection and keeps what it brought.
struct DisconnectCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "disconnect",
        summary: "end the sync of a repository to a project, keeping all data",
        usage: "--workspace SLUG --project IDENTIFIER\n--repository OWNER/NAME [--delete-hook URL] [--json]",
        options: [
            .workspace, .project, .repository,
            Option("--delete-hook", "URL", "delete the webhook that leads there, as in connect\n--create-hook"), .json,
        ],
        details: [
            "Marks the connection as deleted, as Plane does. Issues, comments, labels,",
            "settings and the versions of issues are kept, so that connect can continue where",
            "this ended. If no other project follows the repository, its deliveries are",
            "answered 404 after some seconds, and queued ones are completed as ignored.",
            "",
            "Remove the webhook on GitHub too: --delete-hook does it unless another project",
            "follows the repository, and needs a token or an App. Repeating it does no harm.",
            "",
            "Keys with --json: workspace, project, repository, disconnected (false if it was",
            "not connected any more), webhooks_deleted (null without --delete-hook, and while",
            "another project follows the repository).",
        ],
        example: [
            "plane-worker disconnect --workspace acme --project GH \\",
            "    --repository octocat/hello-world",
        ],
        variables: CommandHelp.gitHubVariables
    )

    let filter: SyncFilter
    let workspace: String
    let project: String
    let repository: String
    /// Where a webhook leads that is to go too.
    let hook: WebhookAddress?
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        (workspace, project, repository) = try arguments.connectionName()
        filter = try SyncFilter(arguments)
        hook = try arguments.webhookAddress("--delete-hook")
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let client = try context.environment.gitHubClient(sharing: connection)
        guard hook == nil || client != nil else { throw Environment.Problem.noGitHubClient(for: "--delete-hook") }
        let ended = try await connection.disconnect(filter, from: repository)
        try await connection.applyEffectiveRate(of: ended.githubID)
        var deleted: Int?
        var failure: CommandFailure?
        if let client, let hook, ended.others.isEmpty {
            do { deleted = try await deleteHooks(client, to: hook, of: ended) } catch { failure = error }
        }
        if json {
            let report: JSONValue = .object([
                "workspace": .string(workspace), "project": .string(project), "repository": .string(repository),
                "disconnected": .bool(ended.isNew), "webhooks_deleted": .optional(deleted),
            ])
            try context.output.print(report)
        } else {
            try context.output.print((lines(ended) + hookLines(deleted, ended)).map(Printable.line))
        }
        if let failure { throw failure }
    }

    /// By now the name may be that of another repository, whose webhooks are none of our business.
    private func deleteHooks(
        _ client: GitHubClient,
        to hook: WebhookAddress,
        of ended: EndedConnection
    ) async throws(CommandFailure) -> Int {
        guard let name = RepositoryName(repository) else { return 0 }
        let found: GitHubRepository
        do {
            found = try await client.access(to: name).repository
            if found.id == ended.githubID, let name = RepositoryName(found.fullName) {
                return try await client.deleteHooks(to: hook, in: name)
            }
        } catch {
            throw CommandFailure(error, onWebhooksOf: name)
        }
        throw CommandFailure(
            "the webhook is not deleted: \(name) is another repository on GitHub now (\(found.id), not "
                + "\(ended.githubID))"
        )
    }

    private func hookLines(_ deleted: Int?, _ ended: EndedConnection) -> [String] {
        guard let hook else { return [] }
        return switch deleted {
        case nil where ended.others.isEmpty: []
        case nil: ["the webhook stays, for the other projects"]
        case 0: ["no webhook of the repository leads to \(hook.url)"]
        case let count?: ["deleted webhooks to \(hook.url): \(count)"]
        }
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
