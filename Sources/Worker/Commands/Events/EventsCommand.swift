import Base
import Database
import Inspect
import JSON

/// Lists events, newest first.
struct EventsCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "events",
        summary: "list events, newest first",
        usage: """
            [--status STATUS] [--type TYPE]
            [--repository OWNER/NAME] [--since WHEN] [--before WHEN|ID]
            [--project IDENTIFIER] [--issue ISSUE] [--sender LOGIN]
            [--limit N] [--json]
            """,
        options: [
            Option(
                "--status",
                "STATUS",
                EventStatus.allCases.map(\.rawValue).joined(separator: ", "),
                completion: .words(EventStatus.allCases.map(\.rawValue))
            )
        ]
            + EventFilter.options
            + [
                Option("--limit", "N", "the most events, 1 to 10000 (default 50)"),
                Option("--json", "one JSON object a line"),
            ],
        details: [
            "On a terminal the lines are cut to its width, ids to the first 18 characters",
            "(which show and replay accept as well), and failed events are red. In a pipe",
            "nothing is cut.",
            "",
            "Keys with --json: id, delivery_id, event_type, action, status, retry_count,",
            "repository, number (of the issue or pull request), sender, created_at",
            "(received), updated_at, error and result (text, the first 300 characters of",
            "each).",
        ],
        example: ["plane-worker events --status failed --since 1h", "plane-worker events --issue GH-12"],
        group: "plane_sync_worker",
        variables: CommandHelp.terminalVariables
    )

    let filter: EventFilter
    let limit: Int
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        filter = try EventFilter(arguments, status: arguments.oneOf("--status"), now: .now)
        limit = try arguments.int("--limit", in: 1...10_000) ?? 50
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let output = context.output
        let connection = try await context.checkedConnection(for: Self.help.name)
        let events = try await connection.events(connection.resolve(filter), limit: limit)
        if json { return try output.print(events.map(\.json.text)) }
        guard !events.isEmpty else { return output.note("no events") }
        try output.print(Self.table(events, now: output.isTerminal ? .now : nil))
    }

    /// The list, which shows how old each event is with `now`, and without it when the event was received.
    static func table(_ events: [EventSummary], now: Timestamp?) -> Table {
        var table = Table([
            .init("id"),
            now == nil ? .init("received") : .init("age", .right),
            .init("event", minimum: 12),
            .init("status"),
            .init("outcome", minimum: 12),
            .init("repository", minimum: 14, isOptional: true),
            .init("tries", .right, isOptional: true),
        ])
        for event in events {
            table.add([
                .init(now == nil ? event.id.text : event.shortID),
                .init(now.map { Age(from: event.received, to: $0).text } ?? event.received.description),
                .init(event.name), .init(event.status.rawValue, event.status == .failed ? .red : nil),
                .init(now == nil ? event.line : event.shortLine), .init(event.repository ?? ""),
                .init(String(event.retries)),
            ])
        }
        return table
    }
}
