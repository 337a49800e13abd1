/// Lets a Plane project follow a GitHub repository.
struct ConnectCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "connect",
        summary: "let a Plane project follow a GitHub repository",
        usage: "--workspace SLUG --project IDENTIFIER\n--repository OWNER/NAME --repository-id N [--json]",
        options: [
            Option("--workspace", "SLUG", "the workspace, as in its URL"),
            Option("--project", "IDENTIFIER", "the project, as in its issue numbers: GH in GH-12"),
            Option("--repository", "OWNER/NAME", "the repository on GitHub"),
            Option("--repository-id", "N", "GitHub's number of the repository (see below)"),
            Option("--json", "one JSON object"),
        ],
        details: [
            "Writes what Plane itself wrote for its GitHub integration, in one transaction:",
            "a bot user and its memberships, the integration, the label GitHub, the",
            "repository. Repeating it changes nothing; with another name for the same number",
            "the repository was renamed, and the name follows. Several projects may follow",
            "one repository.",
            "",
            "The number is required because this program does not ask GitHub yet. It is in",
            "the first line that this prints:",
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
        workspace = try arguments.requiredString("--workspace", "the slug of a workspace")
        project = try arguments.requiredString("--project", "the identifier of a project, such as GH")
        let name = try arguments.requiredString("--repository", "owner/name")
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
        json = arguments.has("--json")
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let connected = try await connection.connect(repository, toProject: project, inWorkspace: workspace)
        // One that comes back has its settings still.
        try await connection.applyEffectiveRate(of: repository.id)
        if json {
            try context.output.print(json(connected))
        } else {
            try context.output.print(lines(connected))
        }
    }

    private static func curl(_ name: String) -> String {
        "curl -s https://api.github.com/repos/\(name) | grep -m1 '\"id\"'"
    }
}
