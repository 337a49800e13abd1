import Base
import Database
import Inspect
import JSON
import Jobs

/// Makes Plane equal to GitHub once more, or tells what differs.
struct ReconcileCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "reconcile",
        summary: "read everything again, and find what is no longer on GitHub",
        usage: "--repository OWNER/NAME\n[--report] [--no-wait] [--json]",
        options: [
            .repository,
            Option("--report", "tell what differs and change nothing"),
        ] + JobRequest.options,
        details: [
            "Does what import does, and then compares: issues and comments that are no",
            "longer on GitHub are deleted in Plane, too. What people changed in Plane stays.",
            "With --report nothing is changed, and each difference is a line: an issue that",
            "is missing in Plane or on GitHub, that changed on GitHub since, or that has",
            "another number of comments, or one that is missing in Plane or changed since.",
            "",
            "Keys with --json: those of import, and differences.",
        ],
        example: ["plane-worker reconcile --repository octocat/hello-world --report"]
    )

    let request: JobRequest

    init(_ arguments: Arguments) throws(UsageProblem) {
        let filters = JobFilters(reportOnly: arguments.has("--report") ? true : nil)
        request = try JobRequest(.reconcile, arguments, filters)
    }

    func run(in context: CommandContext) async throws {
        let last = try await request.job(in: context, for: Self.help.name)
        let connection = try await context.checkedConnection(for: Self.help.name)
        let differences = try await connection.differences(of: last.id)
        let output = context.output
        if request.json { return try output.print(last.json(differences: differences)) }
        guard last.isFinished else { return try output.print(JobRequest.hint(last)) }
        try output.print(differences.isEmpty ? ["no differences"] : differences)
        if last.status == "failed" { throw CommandFailure(last.error ?? "the job failed") }
    }
}
