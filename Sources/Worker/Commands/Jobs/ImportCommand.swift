import Base
import Jobs

/// Brings what was on GitHub before the webhook.
struct ImportCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "import",
        summary: "bring what was on GitHub before the webhook",
        usage: "--repository OWNER/NAME [--since WHEN]\n[--state open|all] [--no-wait] [--json]",
        options: [
            .repository,
            Option("--since", "WHEN", "only what changed since: 30d (ago) or a time such as\n2026-01-01T00:00:00Z"),
            Option(
                "--state",
                "open|all",
                "only open issues, or all (default)",
                completion: .words(["open", "all"])
            ),
        ] + JobRequest.options,
        details: [
            "The workers read GitHub, so they need a token or an App (see plane-worker",
            "--help). This command shows how far they are; Ctrl-C ends only the showing.",
            "Kill what you like: the import goes on where it was. Running it again brings",
            "only what is new, and webhooks may arrive meanwhile.",
            "",
        ] + JobRequest.details,
        example: ["plane-worker import --repository octocat/hello-world"]
    )

    let request: JobRequest

    init(_ arguments: Arguments) throws(UsageProblem) {
        let filters = JobFilters(
            since: try arguments.time("--since", now: .now),
            state: try arguments.oneOf("--state")
        )
        request = try JobRequest(.import, arguments, filters)
    }

    func run(in context: CommandContext) async throws {
        try await request.run(in: context, for: Self.help.name, things: "objects")
    }
}
