import Base
import Database
import JSON
import Jobs

/// Makes Plane equal to GitHub once more, or tells what differs.
struct ReconcileCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "reconcile",
        summary: "read everything again, and find what is no longer on GitHub",
        usage: "--repository OWNER/NAME [--report] [--no-wait] [--json]",
        options: [
            .repository,
            Option("--report", "tell what differs and change nothing"),
            Option("--no-wait", "enter the job and end at once"), .json,
        ],
        details: [
            "Does what import does, and then compares: issues and comments that are no",
            "longer on GitHub are deleted in Plane, too. What people changed in Plane stays.",
            "With --report nothing is read into the queue; each difference is a line:",
            "an issue that is missing in Plane or on GitHub, has changed since, or has another",
            "number of comments.",
            "",
            "Keys with --json: those of import, and differences.",
        ],
        example: ["plane-worker reconcile --repository octocat/hello-world --report"]
    )

    let repository: String
    let isReport: Bool
    let waits: Bool
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        repository = try arguments.requiredString("--repository", "owner/name")
        isReport = arguments.has("--report")
        waits = !arguments.has("--no-wait")
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let filters = JobFilters(reportOnly: isReport ? true : nil)
        let job = try await connection.enter(.reconcile, of: repository, filters, context.output)
        let last = waits ? try await job.followed(on: connection, context.output) : job
        let differences = try await connection.differences(of: job.id)
        let output = context.output
        if json { return try output.print(last.json(differences: differences)) }
        guard last.isFinished else {
            return try output.print("plane-worker jobs show \(job.id.text) tells how far it is")
        }
        try output.print(differences.isEmpty ? ["no differences"] : differences)
        if last.status == "failed" { throw CommandFailure(last.error ?? "the job failed") }
    }
}
