import Base
import Jobs

/// Takes in what GitHub delivered and nobody received.
struct RecoverCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "recover",
        summary: "take in what GitHub delivered in vain",
        usage: "--repository OWNER/NAME [--since WHEN]\n[--no-wait] [--json]",
        options: [
            .repository,
            Option(
                "--since",
                "WHEN",
                "only what was delivered since: 2h (ago) or a time\nsuch as 2026-01-01T00:00:00Z"
            ),
        ] + JobRequest.options,
        details: [
            "GitHub remembers deliveries for 3 days. The workers look for failed ones by",
            "themselves (GITHUB_SWEEP_SECONDS); this is one more look, now and further",
            "back. They need a token or an App that may read webhooks. Ctrl-C ends only",
            "the showing. Running it again does no harm.",
            "",
        ] + JobRequest.details,
        example: ["plane-worker recover --repository octocat/hello-world --since 2h"]
    )

    let request: JobRequest

    init(_ arguments: Arguments) throws(UsageProblem) {
        let filters = JobFilters(since: try arguments.time("--since", now: .now))
        request = try JobRequest(.recover, arguments, filters)
    }

    func run(in context: CommandContext) async throws {
        try await request.run(in: context, for: Self.help.name, things: "failed deliveries")
    }
}
