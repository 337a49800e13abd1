import Base
import Database
import GitHub
import GitHubClient
import Run

/// Lets a Plane project follow a GitHub repository.
struct ConnectCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "connect",
        summary: "let a Plane project follow a GitHub repository",
        usage: "--workspace SLUG --project IDENTIFIER\n--repository OWNER/NAME [--repository-id N]\n"
            + "[--create-hook URL | --poll] [--json]",
        options: [
            .workspace, .project, .repository,
            Option("--repository-id", "N", "GitHub's number of the repository (see below)"),
            Option(
                "--create-hook",
                "URL",
                "make the webhook too: https:// and the host of\nplane-ingest, as GitHub reaches it"
            ),
            Option("--poll", "do without a webhook: sweeps bring the changes"),
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
            "before, and from signed deliveries that came too early, such as the ping of a",
            "new webhook; else it is in the first line that this prints:",
            "  \(curl("OWNER/NAME"))",
            "",
            "--create-hook needs a token or an App, and GITHUB_WEBHOOK_SECRET as plane-ingest",
            "has it. A webhook that leads there already is set anew. --poll needs a token or",
            "an App, too, and sees to it that changes can come at all.",
            "",
            "Keys with --json: workspace, project, repository, repository_id,",
            "repository_sync_id, already_connected, written (list), permissions (list),",
            "missing_permissions (list), webhook_id, webhook_path, webhook_content_type,",
            "webhook_events, sweep_seconds.",
        ],
        example: [
            "plane-worker connect --workspace acme --project GH \\",
            "    --repository octocat/hello-world --repository-id 1296269",
        ],
        variables: CommandHelp.gitHubVariables + [
            ("GITHUB_WEBHOOK_SECRET", "for --create-hook; or GITHUB_WEBHOOK_SECRET_FILE"),
            ("GITHUB_SWEEP_SECONDS", "for --poll, as the workers have it"),
        ]
    )

    let workspace: String
    let project: String
    let name: RepositoryName
    /// GitHub's number of the repository, if the operator knows it.
    let id: Int64?
    /// Where a webhook is to lead.
    let hook: WebhookAddress?
    /// Whether sweeps are to bring the changes, without a webhook.
    let polls: Bool
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
        polls = arguments.has("--poll")
        guard hook == nil || !polls else {
            throw arguments.problem("--poll cannot be combined with --create-hook")
        }
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let client = try context.environment.gitHubClient(sharing: connection)
        let settings = try hookSettings(context.environment, hasClient: client != nil)
        let sweep = try sweep(context.environment, hasClient: client != nil)
        let known = try await knownRepository(client, connection)
        if polls { try known.checkReading() }
        if let remark = known.remark { context.output.note(remark) }
        let connected = try await connection.connect(known.repository, toProject: project, inWorkspace: workspace)
        // A connection that comes back still has its settings.
        try await connection.applyEffectiveRate(of: known.repository.id)
        var report = ConnectReport(connected: connected, known: known, sweep: sweep)
        var failure: CommandFailure?
        // GitHub sends a delivery at once, which only a connected repository takes.
        if let client, let hook, let settings, let name = RepositoryName(known.repository.fullName) {
            do {
                report.hook = (hook, try await client.ensureHook(settings, at: hook, in: name))
            } catch {
                failure = CommandFailure(error, onWebhooksOf: name)
            }
        }
        if json { try context.output.print(report.json) } else { try context.output.print(report.lines) }
        if let failure { throw failure }
    }

    /// Sees to it that nothing is written when the webhook cannot be made.
    private func hookSettings(_ environment: Environment, hasClient: Bool) throws(Environment.Problem) -> HookSettings?
    {
        guard let hook else { return nil }
        guard hasClient else { throw .noGitHubClient(for: "--create-hook") }
        return try HookSettings(hook, environment)
    }

    /// The same for changes that no webhook tells: from one sweep to the next, if they are to come so.
    private func sweep(_ environment: Environment, hasClient: Bool) throws(Environment.Problem) -> Duration? {
        guard polls else { return nil }
        guard hasClient else { throw .noGitHubClient(for: "--poll") }
        guard let sweep = try WorkerConfig.sweep(environment) else {
            throw Environment.Problem("GITHUB_SWEEP_SECONDS is 0, expected more: with --poll only sweeps bring changes")
        }
        return sweep
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
                + "GITHUB_APP_ID is set; add the webhook first, or find it with: \(Self.curl("\(name)"))",
            command: Self.help.name
        )
    }

    private static func curl(_ name: String) -> String {
        "curl -s https://api.github.com/repos/\(name) | grep -m1 '\"id\"'"
    }
}
