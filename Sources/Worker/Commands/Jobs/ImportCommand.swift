import Base
import Jobs

/// Brings what was on GitHub before the webhook.
struct ImportCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "import",
        summary: "bring what was on GitHub before the webhook",
        usage: "--repository OWNER/NAME [--since WHEN]\n[--state open|all] [--dry-run] [--no-wait] [--json]",
        options: [
            .repository,
            Option("--since", "WHEN", "only what changed since: 30d (ago) or a time such as\n2026-01-01T00:00:00Z"),
            Option(
                "--state",
                "open|all",
                "only open issues, or all (default)",
                completion: .words(["open", "all"])
            ),
            Option("--dry-run", "tell how much there is, and change nothing"),
        ] + JobRequest.options,
        details: [
            "The workers read GitHub, so they need a token or an App (see plane-worker",
            "--help). This command shows how far they are; Ctrl-C ends only the showing.",
            "Kill what you like: the import goes on where it was. Running it again brings",
            "only what is new, and webhooks may arrive meanwhile.",
            "--dry-run asks GitHub itself, in a few calls, with a token or an App.",
            "",
        ] + JobRequest.details + [
            "With --dry-run: repository, issues, issues_and_pull_requests, at_most,",
            "pull_requests, comments, labels, in_plane (issues, pull_requests, comments,",
            "labels), calls, calls_limit, calls_left, calls_reset_at; null is not known.",
        ],
        example: ["plane-worker import --repository octocat/hello-world"],
        variables: CommandHelp.gitHubVariables
    )

    let request: JobRequest
    let isDryRun: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        let filters = JobFilters(
            since: try arguments.time("--since", now: .now),
            state: try arguments.oneOf("--state")
        )
        request = try JobRequest(.import, arguments, filters)
        isDryRun = arguments.has("--dry-run")
    }

    func run(in context: CommandContext) async throws {
        if isDryRun { return try await forecast(in: context) }
        try await request.run(in: context, for: Self.help.name, things: "objects")
    }

    /// Asks in the name of the operator, who waits.
    private func forecast(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        guard let client = try context.environment.gitHubClient(sharing: connection) else {
            throw Environment.Problem.noGitHubClient(for: "--dry-run")
        }
        let sync = try await connection.followedRepository(request.repository)
        let forecast = try await ImportForecast(of: sync, request.filters, client, connection)
        let output = context.output
        if request.json { return try output.print(forecast.json) }
        try output.print(forecast.lines(width: output.size?.columns, isDecorated: output.isTerminal))
    }
}
