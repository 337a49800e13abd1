import Base
import JSON

/// Lists what goes to GitHub, and why something does not.
struct OutboundListCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "outbound list",
        summary: "list what goes from Plane to GitHub, and what holds it up",
        usage: "[--issue ID] [--limit N] [--json]",
        options: [
            Option("--issue", "ID", "only this issue, as in GH-12"),
            Option("--limit", "N", "the most issues, 1 to 1000 (default 50)"),
            Option("--json", "one JSON object a line"),
        ],
        details: [
            "An issue waits until nobody has changed it for five seconds, is being sent, was",
            "sent, or is parked: GitHub refused it, in its words, and the next change in",
            "Plane tries again, as outbound retry does.",
            "Nothing is sent before plane-worker configure --outbound asks for it.",
            "",
            "Keys with --json: issue, repository, number, status, changed_at, due_at,",
            "reason, sent (list).",
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
        guard !records.isEmpty else {
            return context.output.note(issue.map { "nothing was ever sent for \($0)" } ?? "nothing was ever sent")
        }
        var table = Table([
            .init("issue"), .init("GitHub", minimum: 10), .init("status"), .init("changed"),
            .init("", minimum: 10, isOptional: true),
        ])
        for record in records {
            let number = record.number.map { "#\($0)" } ?? ""
            table.add([
                record.issue, record.repository + number, record.standing.rawValue, record.changedAt.description,
                record.words,
            ])
        }
        try context.output.print(table)
    }
}

/// Has parked issues tried again.
struct OutboundRetryCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "outbound retry",
        summary: "send again what GitHub refused",
        usage: "[ISSUE] [--json]",
        positional: "[ISSUE]",
        options: [.json],
        details: [
            "ISSUE is as in GH-12; without it all parked issues are tried again.",
            "Keys with --json: retried.",
        ],
        example: ["plane-worker outbound retry GH-12"]
    )

    let issue: String?
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        guard arguments.positionals.count < 2 else {
            throw arguments.problem("expected one ISSUE at most, found \(arguments.positionals.count) words")
        }
        issue = arguments.positionals.first
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let parked = try await connection.outbound(issue: issue, limit: .max).filter { $0.standing == .parked }
        if let issue, parked.isEmpty { throw CommandFailure("\(issue) is not parked (see plane-worker outbound list)") }
        let count = try await connection.retryOutbound(parked.map(\.id))
        if json { return try context.output.print(.object(["retried": .int(count)])) }
        try context.output.print("\(count) tried again")
    }
}
