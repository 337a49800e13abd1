import Base
import Database
import Foundation
import Inspect
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
            .json,
        ],
        details: [
            "Pending events and those being processed are never deleted, however old. Plane's",
            "data stays, and so do the versions that keep old deliveries from being applied",
            "again. Programs and imports that ended before that time are removed, too, and",
            "so are the entries about what was sent to GitHub before, and about who replayed",
            "what. The statistics stay.",
            "All is deleted in batches of 500, each committed; Ctrl-C stops after one.",
            "Keys with --json: dry_run, matched, programs, pruned; and of those entries,",
            "outbound_matched, outbound_pruned.",
        ],
        example: ["plane-worker prune --older-than 30d --status completed"],
        group: "plane_sync_prune"
    )

    static let batch = 500

    let before: Timestamp
    let statuses: [EventStatus]
    let isDryRun: Bool
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        guard let before = try arguments.time("--older-than", now: .now) else {
            throw arguments.problem("--older-than is missing, expected \(Arguments.expectedTime)")
        }
        self.before = before
        let status = try arguments.oneOf("--status", [EventStatus.completed, .failed])
        statuses = status.map { [$0] } ?? [.completed, .failed]
        isDryRun = arguments.has("--dry-run")
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let output = context.output
        let matched = try await connection.prunableCount(before: before, statuses: statuses)
        let sent = try await connection.prunableSentCount(before: before)
        let pruned = isDryRun ? 0 : try await prune(matched, over: connection, output: output)
        let prunedSent = isDryRun ? 0 : try await pruneSent(sent, over: connection, output: output)
        let programs = isDryRun ? 0 : try await connection.forgetPrograms(before: before)
        if json {
            let report: JSONValue = .object([
                "dry_run": .bool(isDryRun), "matched": .int(matched), "outbound_matched": .int(sent),
                "outbound_pruned": .int(prunedSent), "programs": .int(programs), "pruned": .int(pruned),
            ])
            return try output.print(report)
        }
        func words(_ events: Int, _ sent: Int) -> String {
            let entries = sent.counted("entry", "entries")
            return events.counted("event") + (sent > 0 ? ", and \(entries) about what was sent to GitHub" : "")
        }
        try output.print(
            isDryRun
                ? "would prune \(words(matched, sent)), nothing was changed" : "pruned \(words(pruned, prunedSent))"
        )
    }

    private func prune(_ matched: Int, over connection: Connection, output: Output) async throws -> Int {
        try await Signals.cancelling {
            try await Progress.inBatches("pruned", of: matched, on: output) { last in
                try await connection.prune(before: before, statuses: statuses, after: last, limit: Self.batch)
            }
        }
    }

    private func pruneSent(_ matched: Int, over connection: Connection, output: Output) async throws -> Int {
        try await Signals.cancelling {
            try await Progress.inBatches("pruned", of: matched, on: output) { last in
                try await connection.pruneSent(before: before, after: last, limit: Self.batch)
            }
        }
    }
}

extension Connection {
    /// How many finished events were received before `time`.
    ///
    /// Ids begin with the time of receipt, so the primary key finds these events.
    fileprivate func prunableCount(before time: Timestamp, statuses: [EventStatus]) throws -> Int {
        try run(
            """
            select count(*) as events
            from github_sync.github_webhook_events
            where id < \(UUID(firstAt: time)) and status = any(\(statuses)::github_sync.event_status[])
            """
        )[0].get("events")
    }

    /// Deletes up to `limit` finished events received before `time`, in the order of ids after `last`.
    ///
    /// They are locked before they are deleted: an event that a replay makes pending at the same moment stays.
    /// - Returns: the ids that are gone.
    fileprivate func prune(
        before time: Timestamp,
        statuses: [EventStatus],
        after last: UUID?,
        limit: Int
    ) throws -> [UUID] {
        try run(
            """
            with old as materialized (
                select id
                from github_sync.github_webhook_events
                where id < \(UUID(firstAt: time))
                    and (\(last) is null or id > \(last))
                    and status = any(\(statuses)::github_sync.event_status[])
                order by id
                limit \(limit)
                for update skip locked
            )
            delete from github_sync.github_webhook_events as e
            using old
            where e.id = old.id
            returning e.id
            """
        ).map { try $0.get("id") }
    }

    /// How many entries there are about what was sent to GitHub before `time`.
    fileprivate func prunableSentCount(before time: Timestamp) throws -> Int {
        try run(
            "select count(*) as entries from github_sync.github_outbound_log where sent_at < \(time)"
        )[0].get("entries")
    }

    /// Deletes up to `limit` of them, in the order of ids after `last`.
    /// - Returns: the ids that are gone.
    fileprivate func pruneSent(before time: Timestamp, after last: Int64?, limit: Int) throws -> [Int64] {
        try run(
            """
            delete from github_sync.github_outbound_log
            where id in (
                select id from github_sync.github_outbound_log
                where sent_at < \(time) and id > \(last ?? 0)
                order by id
                limit \(limit)
            )
            returning id
            """
        ).map { try $0.get("id") }
    }

    /// Deletes the rows of programs that ended, or were lost, before `time`: each start of a program writes one; jobs that
    /// were finished by then, and what people had done.
    /// - Returns: how many programs are gone.
    fileprivate func forgetPrograms(before time: Timestamp) throws -> Int {
        try run(
            """
            with workers as (
                delete from github_sync.github_workers as w
                where coalesce(w.stopped_at, w.heartbeat_at) < \(time)
                    -- What it held is still to be rescued, and says its name.
                    and not exists (
                        select from github_sync.github_webhook_events as e
                        where e.status = 'processing' and e.claimed_by = w.id
                    )
                returning w.id
            ), nodes as (
                delete from github_sync.github_ingest_nodes as n
                where coalesce(n.stopped_at, n.heartbeat_at) < \(time)
                returning n.id
            ), jobs as (
                delete from github_sync.github_sync_jobs where processed_at < \(time)
            ), actions as (
                delete from github_sync.github_operator_actions where done_at < \(time)
            )
            select (select count(*) from workers) + (select count(*) from nodes) as programs
            """
        )[0].get("programs")
    }
}
