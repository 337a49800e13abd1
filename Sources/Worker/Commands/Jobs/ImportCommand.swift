import Base
import Database
import Foundation
import JSON
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
            Option("--no-wait", "enter the import and end at once"), .json,
        ],
        details: [
            "The workers read GitHub, so they need a token or an App (see plane-worker",
            "--help). This command shows how far they are; Ctrl-C ends only the showing.",
            "Kill what you like: the import goes on where it was. Running it again brings",
            "only what is new, and webhooks may arrive meanwhile.",
            "",
            "Keys with --json: id, kind, status, repository, read, stored, problems,",
            "cancelled, created_at, updated_at, worker, error.",
        ],
        example: ["plane-worker import --repository octocat/hello-world"]
    )

    let repository: String
    let filters: JobFilters
    let waits: Bool
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        repository = try arguments.requiredString("--repository", "owner/name")
        let state = arguments.string("--state")
        guard state.map(["open", "all"].contains) ?? true else {
            throw arguments.invalid("--state", "open or all")
        }
        filters = JobFilters(since: try arguments.time("--since", now: .now), state: state)
        waits = !arguments.has("--no-wait")
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let output = context.output
        let job = try await connection.enter(.import, of: repository, filters, output)
        let last = waits ? try await job.followed(on: connection, output) : job
        if json { return try output.print(last.json) }
        guard last.isFinished else {
            return try output.print("plane-worker jobs show \(job.id.text) tells how far it is")
        }
        try output.print(
            "\(last.status): \(last.read) objects read, \(last.stored) of them new here"
                + (last.problems.isEmpty ? "" : ", \(last.problems.count) could not be read")
        )
        if last.status == "failed" { throw CommandFailure(last.error ?? "the import failed") }
    }
}
