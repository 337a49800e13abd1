import Base
import Database
import Foundation
import Inspect
import JSON

/// Gives finished events another run.
struct ReplayCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "replay",
        summary: "give failed (by id also completed) events another run",
        usage: """
            (ID… | --status failed [--type TYPE]
            [--repository OWNER/NAME] [--since WHEN] [--before WHEN|ID]
            [--project IDENTIFIER] [--issue ISSUE]
            [--sender LOGIN] [--error TEXT])
            [--dry-run] [--yes] [--json]
            """,
        positional: "ID",
        options: [
            Option(
                "--status",
                "failed",
                "all failed events that pass the filters",
                completion: .words([EventStatus.failed.rawValue])
            )
        ]
            + EventFilter.options
            + [
                Option("--error", "TEXT", "with this text in their error, in any case"),
                Option("--dry-run", "say what would be replayed and change nothing"),
                Option("--yes", "do not ask; required without a terminal for more than\n100 events by filter"),
                .json,
            ],
        details: [
            "ID is an event's id, GitHub's delivery id, or as much of the beginning of either",
            "as only one event has. Replayed events are pending at once, with fresh retries.",
            "An event that is being processed is never touched, a completed one only by ID.",
            "",
            "A replay by filter works in batches of 500, each committed. A bar on a terminal,",
            "else a line for each tenth of more than 5000 events, shows the progress. Ctrl-C",
            "stops after a batch; running the command again does the rest.",
            "",
            "Keys with --json: dry_run, matched, replayed, processing, pending, not_found",
            "(lists of ids as given).",
        ],
        example: [
            "plane-worker replay --status failed --since 1h --dry-run",
            "plane-worker replay --status failed --error 'deadlock detected' --yes",
        ],
        exitStatus:
            "0 done, also when nothing matches; 1 when an ID is not found or is\nbeing processed, or it was interrupted; 2 wrong usage.",
        group: "plane_sync_worker"
    )

    static let batch = 500
    /// A replay by filter of more events than this must be confirmed.
    static let confirmAbove = 100

    enum Selection: Sendable, Equatable {
        case named([String])
        case failed(EventFilter)
    }

    let selection: Selection
    let isDryRun: Bool
    let yes: Bool
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        let status = try arguments.oneOf("--status", [EventStatus.failed])
        var filter = try EventFilter(arguments, status: status, now: .now)
        filter.error = arguments.string("--error")
        isDryRun = arguments.has("--dry-run")
        yes = arguments.has("--yes")
        json = arguments.json
        if arguments.positionals.isEmpty {
            guard status != nil else {
                throw arguments.problem("nothing to replay is named, expected an ID or --status failed")
            }
            selection = .failed(filter)
            return
        }
        for option in ["--status", "--error"] + EventFilter.options.map(\.name) where arguments.has(option) {
            throw arguments.problem("\(option) cannot be combined with an ID, expected one or the other")
        }
        var seen: Set<String> = []
        selection = .named(arguments.positionals.filter { seen.insert($0).inserted })
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        // A cancelled task ends after its batch; what the batch changed is committed whole.
        try await Signals.cancelling {
            switch selection {
            case .named(let names): try await replay(names, over: connection, output: context.output)
            case .failed(let filter):
                try await replay(connection.resolve(filter), over: connection, output: context.output)
            }
        }
    }

    func print(_ report: ReplayReport, on output: Output) throws {
        guard !json else { return try output.print(report.json(isDryRun: isDryRun)) }
        try output.print(
            isDryRun
                ? "would replay \(report.matched.counted("event")), nothing was changed"
                : "replayed \(report.replayed.counted("event"))"
        )
    }
}

/// What a replay did.
struct ReplayReport: Sendable, Equatable {
    var matched = 0
    var replayed = 0
    /// The ids that were named and not replayed.
    var processing: [String] = []
    var pending: [String] = []
    var missing: [String] = []

    func json(isDryRun: Bool) -> JSONValue {
        .object([
            "dry_run": .bool(isDryRun),
            "matched": .int(matched),
            "replayed": .int(replayed),
            "processing": .array(processing.map(JSONValue.string)),
            "pending": .array(pending.map(JSONValue.string)),
            "not_found": .array(missing.map(JSONValue.string)),
        ])
    }
}
