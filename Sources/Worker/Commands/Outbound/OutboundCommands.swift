import Base
import Inspect
import JSON
import Sync

/// Lists what goes to GitHub, and why something does not.
struct OutboundListCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "outbound list",
        summary: "list what goes from Plane to GitHub, and what holds it up",
        usage: "[--issue ID] [--limit N] [--json]",
        options: [
            Option("--issue", "ID", "only this issue, as in GH-12, and its comments"),
            Option("--limit", "N", "the most issues and comments, 1 to 1000\n(default 50)"),
            Option("--json", "one JSON object a line"),
        ],
        details: [
            "An issue or comment waits until nobody has changed it for some seconds, is",
            "being sent, was sent, or is parked: GitHub refused it, in its words, and the",
            "next change in Plane tries again, as outbound retry does. Deleted ones of which",
            "there were many at once need approval (outbound approve).",
            "With --issue it says why an issue does not go out.",
            "Nothing is sent before plane-worker configure --outbound asks for it.",
            "",
            "Keys with --json: kind (issue, comment), issue, repository, number, status,",
            "changed_at, due_at, reason, sent (list), refused (list).",
        ],
        example: ["plane-worker outbound list --issue GH-12"]
    )

    let issue: String?
    let limit: Int
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        issue = arguments.string("--issue")
        limit = try arguments.int("--limit", in: 1...1_000) ?? 50
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let records = try await connection.outbound(issue: issue, limit: limit)
        if json { return try context.output.print(records.map(\.json.text)) }
        if let issue, records.isEmpty {
            return try context.output.print(try await connection.reasonsWhyNothingIsSent(for: issue))
        }
        guard !records.isEmpty else { return context.output.note("nothing was ever sent") }
        var table = Table([
            .init("issue"), .init("GitHub", minimum: 10), .init("status"), .init("changed"),
            .init("", minimum: 10, isOptional: true),
        ])
        for record in records {
            let number = record.number.map { "#\($0)" } ?? ""
            table.add([
                record.kind == .issue ? record.issue : "\(record.issue) comment", record.repository + number,
                record.standing.rawValue, record.changedAt.description,
                record.words,
            ])
        }
        try context.output.print(table)
    }
}
