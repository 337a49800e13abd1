import Base
import Inspect
import JSON

/// Tells what happened to one issue between GitHub and Plane.
struct LogCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "log",
        summary: "tell what happened to one issue, in words",
        usage: "ISSUE [--json]",
        positional: "ISSUE",
        options: [.json],
        details: [
            "ISSUE is GH-12 as in Plane, or owner/name#12 as on GitHub; #12 is enough where",
            "only one repository has that number in Plane. Oldest first: what came from",
            "GitHub and what it changed in Plane, what was ignored or came too late and why,",
            "and what Plane sent to GitHub. At the end what still waits. Times are GitHub's.",
            "Of more than 500 entries the oldest are left out.",
            "",
            "Keys with --json: issues (list of name, title), github (list of owner/name#12),",
            "entries (list of at, direction (from_github, to_github), who, what, outcome",
            "(applied, superseded, ignored, failed, waiting, sent), in_force, details (list),",
            "event_id), open (as plane-worker outbound list --json), cut.",
        ],
        example: ["plane-worker log GH-12"],
        group: "plane_sync_worker"
    )

    let issue: IssueReference
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        guard arguments.positionals.count == 1, let issue = IssueReference(arguments.positionals[0]) else {
            let found = arguments.positionals.joined(separator: " ")
            throw arguments.problem(
                found.isEmpty
                    ? "ISSUE is missing, expected \(IssueReference.expected)"
                    : "ISSUE is '\(found)', expected \(IssueReference.expected)"
            )
        }
        self.issue = issue
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let log = try await connection.issueLog(of: issue)
        if json { return try context.output.print(log.json) }
        try context.output.print(Self.lines(log, columns: context.output.size?.columns))
    }

    static func lines(_ log: IssueLog, columns: Int?) -> [String] {
        let names = log.found.issues.map { "\($0.name) \($0.title)\($0.isDeleted ? " (deleted in Plane)" : "")" }
        let head = [(names + log.found.places.map(\.name)).joined(separator: ", ")]
        let cut = log.isCut ? ["older entries are left out"] : []
        let entries = log.entries.flatMap { entry in
            ["\(entry.at)  \(entry.what): \(entry.outcomeWords)"] + entry.details.map { "    \($0)" }
        }
        let open = log.open.map { "to GitHub: \($0.sentence)" }
        return (head + cut + entries + open).map(Printable.line).flatMap { line in
            columns.map { TextWidth.broken(line, after: $0) } ?? [line]
        }
    }
}
