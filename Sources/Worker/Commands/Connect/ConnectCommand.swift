import Base
import GitHub
import JSON

/// Lets a Plane project follow a GitHub repository.
struct ConnectCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "connect",
        summary: "let a Plane project follow a GitHub repository",
        usage: "--workspace SLUG --project IDENTIFIER\n--repository OWNER/NAME --repository-id N [--json]",
        options: [
            .workspace, .project, .repository,
            Option("--repository-id", "N", "GitHub's number of the repository (see below)"), .json,
        ],
        details: [
            "Writes the rows that Plane's own GitHub integration wrote, in one transaction: a",
            "bot user and its memberships, the integration, the label GitHub, the repository.",
            "Repeating it changes nothing, but if the same number has another name, the",
            "repository was renamed and the new name is stored. Several projects may follow",
            "one repository.",
            "",
            "This command does not ask GitHub for the number. It is in the first line that",
            "this prints:",
            "  \(curl("OWNER/NAME"))",
            "",
            "Keys with --json: workspace, project, repository, repository_id,",
            "repository_sync_id, already_connected, written (list), webhook_path,",
            "webhook_content_type, webhook_events.",
        ],
        example: [
            "plane-worker connect --workspace acme --project GH \\",
            "    --repository octocat/hello-world --repository-id 1296269",
        ]
    )

    let workspace: String
    let project: String
    let repository: FollowedRepository
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        let name: String
        (workspace, project, name) = try arguments.connectionName()
        guard arguments.has("--repository-id") else {
            throw arguments.problem(
                "--repository-id is missing, expected GitHub's number, for now required; find it with: "
                    + Self.curl(name)
            )
        }
        guard let id = try arguments.int("--repository-id", in: 1...Int(Int64.max)) else {
            throw arguments.invalid("--repository-id", "a positive number")
        }
        guard let repository = FollowedRepository(id: Int64(id), fullName: name) else {
            throw arguments.invalid("--repository", "owner/name as GitHub writes it")
        }
        self.repository = repository
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let connected = try await connection.connect(repository, toProject: project, inWorkspace: workspace)
        // A connection that comes back still has its settings.
        try await connection.applyEffectiveRate(of: repository.id)
        if json {
            try context.output.print(json(connected))
        } else {
            try context.output.print(lines(connected))
        }
    }

    private static let webhookPath = "/api/webhooks/github-mcp/"
    private static let webhookEvents = ["issues", "issue_comment", "pull_request", "label", "repository"]

    private func lines(_ connected: ConnectedProject) -> [String] {
        let place = "\(connected.project.workspaceSlug)/\(connected.project.identifier)"
        guard !connected.written.isEmpty else {
            return ["already connected: \(repository.fullName) (\(repository.id)) to \(place)"]
        }
        return ["connected \(repository.fullName) (\(repository.id)) to \(place)", "", "Written:"]
            + connected.written.map { "  \($0)" }
            + [
                "",
                "Next, on GitHub: Settings, Webhooks, Add webhook",
                "  Payload URL   https://<the host of plane-ingest>\(Self.webhookPath)",
                "  Content type  application/json",
                "  Secret        the value of GITHUB_WEBHOOK_SECRET",
                "  Events        \(Self.webhookEvents.joined(separator: ", "))",
                "                (in the form: Issues, Issue comments, Pull requests, Labels, Repositories)",
            ]
    }

    private func json(_ connected: ConnectedProject) -> JSONValue {
        .object([
            "workspace": .string(connected.project.workspaceSlug),
            "project": .string(connected.project.identifier),
            "repository": .string(repository.fullName),
            "repository_id": .int(Int(repository.id)),
            "repository_sync_id": .string(connected.syncID.text),
            "already_connected": .bool(connected.written.isEmpty),
            "written": .array(connected.written.map(JSONValue.string)),
            "webhook_path": .string(Self.webhookPath),
            "webhook_content_type": .string("application/json"),
            "webhook_events": .array(Self.webhookEvents.map(JSONValue.string)),
        ])
    }

    private static func curl(_ name: String) -> String {
        "curl -s https://api.github.com/repos/\(name) | grep -m1 '\"id\"'"
    }
}
