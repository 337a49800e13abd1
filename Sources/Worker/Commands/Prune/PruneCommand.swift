import Base
import Database
import Foundation
import JSON

/// Deletes events that were finished long ago.
struct PruneCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "prune",
        summary: "delete events that were finished long ago",
        usage: """
            --older-than AGE [--status completed|failed]
            [--dry-run] [--json]
            """,
        options: [
            Option("--older-than", "AGE", "received before: 12h, 30d or 2026-01-01T00:00:00Z"),
            Option(
                "--status",
                "completed|failed",
                "only these (default: both)",
                completion: .words(["completed", "failed"])
            ),
            Option("--dry-run", "count what would be deleted and change nothing"),
            Option("--json", "print the counts as one JSON object"),
        ],
        details: [
            "An event that waits or is worked on is never deleted, however old. What Plane",
            "shows stays, and so do the versions that keep old deliveries from coming back.",
            "Programs that ended before that time leave the views of the fleet, too.",
            "Deletes in batches of 500, each committed; Ctrl-C stops between two.",
            "Keys with --json: dry_run, matched, programs, pruned.",
        ],
        example: ["plane-worker prune --older-than 30d --status completed"]
    )

    static let batch = 500

    let before: Timestamp
    let statuses: [EventStatus]
    let isDryRun: Bool
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        _ = try arguments.requiredString("--older-than", Since.expected)
        guard let before = try arguments.since("--older-than", now: .now) else {
            throw arguments.problem("--older-than is missing")
        }
        self.before = before
        let status = try arguments.oneOf("--status", [EventStatus.completed, .failed])
        statuses = status.map { [$0] } ?? [.completed, .failed]
        isDryRun = arguments.has("--dry-run")
        json = arguments.has("--json")
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let output = context.output
        let matched = try await connection.prunableCount(before: before, statuses: statuses)
        let pruned =
            isDryRun ? 0 : try await Signals.cancelling { try await prune(matched, over: connection, output: output) }
        let programs = isDryRun ? 0 : try await connection.forgetPrograms(before: before)
        if json {
            let report: JSONValue = .object([
                "dry_run": .bool(isDryRun), "matched": .int(matched), "programs": .int(programs),
                "pruned": .int(pruned),
            ])
            try output.print(report)
        } else {
            try output.print(
                isDryRun ? "would prune \(matched) events, nothing was changed" : "pruned \(pruned) events"
            )
        }
    }

    /// The place in the order of ids only moves forward, so that no batch looks at what the last one left.
    private func prune(_ matched: Int, over connection: Connection, output: Output) async throws -> Int {
        var pruned = 0
        var last: UUID?
        var progress = Progress("pruned", of: matched, on: output)
        defer { progress.end() }
        while !Task.isCancelled {
            let ids = try await connection.prune(before: before, statuses: statuses, after: last, limit: Self.batch)
            guard let end = ids.max(by: { $0 < $1 }) else { return pruned }
            pruned += ids.count
            last = end
            progress.reached(pruned)
        }
        throw CommandFailure("interrupted: \(pruned) of \(matched) pruned, run it again for the rest")
    }
}
