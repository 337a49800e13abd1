import Base
import Database
import GitHub
import GitHubClient
import JSON

/// Lets a Plane project follow a GitHub repository.
struct ConnectCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "connect",
        summary: "let a Plane project follow a GitHub repository",
        usage: "--workspace SLUG --project IDENTIFIER\n--repository OWNER/NAME [--repository-id N]\n"
            + "[--create-hook URL] [--json]",
        options: [
            .workspace, .project, .repository,
            Option("--repository-id", "N", "GitHub's number of the repository (see below)"),
            Option(
                "--create-hook",
                "URL",
                "make the webhook too: https:// and the host of\nplane-ingest, as GitHub reaches it"
            ),
            .json,
        ],
        details: [
            "Writes the rows that Plane's own GitHub integration wrote, in one transaction: a",
            "bot user and its memberships, the integration, the label GitHub, the repository.",
            "Repeating it changes nothing, but if the same number has another name, the",
            "repository was renamed and the new name is stored. Several projects may follow",
            "one repository.",
            "",
            "With a token or an App it asks GitHub for the number and the name of today, and",
            "says what it may do there. Without, it takes the number from what was connected",
            "before; else it is in the first line that this prints:",
            "  \(curl("OWNER/NAME"))",
            "",
            "--create-hook needs a token or an App, and GITHUB_WEBHOOK_SECRET as plane-ingest",
            "has it. A webhook that leads there already is set anew.",
            "",
            "Keys with --json: workspace, project, repository, repository_id,",
            "repository_sync_id, already_connected, written (list), permissions (list),",
            "webhook_id, webhook_path, webhook_content_type, webhook_events.",
        ],
        example: [
            "plane-worker connect --workspace acme --project GH \\",
            "    --repository octocat/hello-world --repository-id 1296269",
        ],
        variables: CommandHelp.gitHubVariables + [
            ("GITHUB_WEBHOOK_SECRET", "for --create-hook; or GITHUB_WEBHOOK_SECRET_FILE")
        ]
    )

    let workspace: String
    let project: String
    let name: RepositoryName
    /// GitHub's number of the repository, if the operator knows it.
    let id: Int64?
    /// Where a webhook is to lead.
    let hook: WebhookAddress?
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        let name: String
        (workspace, project, name) = try arguments.connectionName()
        id = try arguments.int("--repository-id", in: 1...Int(Int64.max)).map { Int64($0) }
        // Whether the name is short enough does not depend on the number.
        guard FollowedRepository(id: 1, fullName: name) != nil, let name = RepositoryName(name) else {
            throw arguments.invalid("--repository", "owner/name as GitHub writes it")
        }
        self.name = name
        hook = try arguments.webhookAddress("--create-hook")
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let client = try context.environment.gitHubClient(sharing: connection)
        let settings = try hookSettings(context.environment, hasClient: client != nil)
        let known = try await knownRepository(client, connection)
        if let remark = known.remark { context.output.note(remark) }
        let connected = try await connection.connect(known.repository, toProject: project, inWorkspace: workspace)
        // A connection that comes back still has its settings.
        try await connection.applyEffectiveRate(of: known.repository.id)
        var made: EnsuredHook?
        var failure: CommandFailure?
        // GitHub sends a delivery at once, which only a connected repository takes.
        if let client, let hook, let settings, let name = RepositoryName(known.repository.fullName) {
            do {
                made = try await client.ensureHook(settings, at: hook, in: name)
            } catch {
                failure = CommandFailure(error, onWebhooksOf: name)
            }
        }
        if json {
            try context.output.print(json(connected, known, made))
        } else {
            try context.output.print(lines(connected, known, made))
        }
        if let failure { throw failure }
    }

    /// Sees to it that nothing is written when the webhook cannot be made.
    private func hookSettings(_ environment: Environment, hasClient: Bool) throws(Environment.Problem) -> HookSettings?
    {
        guard let hook else { return nil }
        guard hasClient else { throw .noGitHubClient(for: "--create-hook") }
        return try HookSettings(hook, environment)
    }

    private func knownRepository(_ client: GitHubClient?, _ connection: Connection) async throws -> KnownRepository {
        if let client { return try await .asking(client, for: name, id: id) }
        if let id, let repository = FollowedRepository(id: id, fullName: name.description) {
            return KnownRepository(repository: repository)
        }
        if let repository = try await connection.knownRepository(name) {
            return KnownRepository(repository: repository)
        }
        throw UsageProblem(
            "--repository-id is missing, expected GitHub's number, which is asked for only where GITHUB_TOKEN or "
                + "GITHUB_APP_ID is set; find it with: \(Self.curl("\(name)"))",
            command: Self.help.name
        )
    }

    private func lines(_ connected: ConnectedProject, _ known: KnownRepository, _ hook: EnsuredHook?) -> [String] {
        let place = "\(connected.project.workspaceSlug)/\(connected.project.identifier)"
        let repository = "\(known.repository.fullName) (\(known.repository.id))"
        var lines =
            connected.written.isEmpty
            ? ["already connected: \(repository) to \(place)"]
            : ["connected \(repository) to \(place)", "", "Written:"] + connected.written.map { "  \($0)" }
        if let access = known.access { lines += ["", "Permissions on GitHub:"] + access.lines }
        if let hook, let address = self.hook {
            lines += ["", "\(hook.isNew ? "made" : "set anew:") webhook \(hook.id), which leads to \(address.url)"]
        } else if !connected.written.isEmpty {
            lines += [
                "", "Next, on GitHub: Settings, Webhooks, Add webhook",
                "  Payload URL   https://<the host of plane-ingest>\(WebhookAddress.path)",
                "  Content type  application/json",
                "  Secret        the value of GITHUB_WEBHOOK_SECRET",
                "  Events        \(WebhookAddress.events.joined(separator: ", "))",
                "                (in the form: Issues, Issue comments, Pull requests, Labels, Repositories)",
            ]
        }
        return lines
    }

    private func json(_ connected: ConnectedProject, _ known: KnownRepository, _ hook: EnsuredHook?) -> JSONValue {
        .object([
            "workspace": .string(connected.project.workspaceSlug),
            "project": .string(connected.project.identifier),
            "repository": .string(known.repository.fullName),
            "repository_id": .int(Int(known.repository.id)),
            "repository_sync_id": .string(connected.syncID.text),
            "already_connected": .bool(connected.written.isEmpty),
            "written": .array(connected.written.map(JSONValue.string)),
            "permissions": known.access.map { .array($0.permissions.map(JSONValue.string)) } ?? .null,
            "webhook_id": .optional(hook.map { Int($0.id) }),
            "webhook_path": .string(WebhookAddress.path),
            "webhook_content_type": .string("application/json"),
            "webhook_events": .array(WebhookAddress.events.map(JSONValue.string)),
        ])
    }

    private static func curl(_ name: String) -> String {
        "curl -s https://api.github.com/repos/\(name) | grep -m1 '\"id\"'"
    }
}

extension RepositoryAccess {
    /// What we may do, and what is missing, one a line.
    fileprivate var lines: [String] {
        (permissions.isEmpty ? ["  GitHub does not tell"] : permissions.map { "  \($0)" })
            + missing.map { "  missing, for import and sweeps: \($0)" }
    }
}
