import Base
import Database
import Foundation
import Inspect
import JSON

/// What an operator decides about issues and comments that do not go out by themselves.
protocol OutboundDecision: Sendable, Equatable {
    static var help: CommandHelp { get }
    /// How objects stand that it is for.
    static var standings: [OutboundRecord.Standing] { get }
    /// What became of them, in words and with --json.
    static var done: (words: String, key: String) { get }
    /// Whether it is never for all issues at once.
    static var needsIssue: Bool { get }

    /// - Returns: for how many objects it was made.
    static func make(for ids: [UUID], _ connection: Connection) async throws -> Int
}

struct OutboundDecisionCommand<Decision: OutboundDecision>: Command, Equatable {
    static var help: CommandHelp { Decision.help }

    let issue: String?
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        let words = arguments.positionals
        guard words.count < 2 else { throw arguments.problem("expected one ISSUE, found \(words.count) words") }
        if Decision.needsIssue, words.isEmpty { throw arguments.problem("ISSUE is missing, as in GH-12") }
        (issue, json) = (words.first, arguments.json)
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let fit = try await connection.outbound(issue: issue, limit: .max)
            .filter { Decision.standings.contains($0.standing) }
        let done = Decision.done
        if let issue, fit.isEmpty {
            let list = "see plane-worker outbound list --issue \(issue)"
            throw CommandFailure("nothing of \(issue) can be \(done.words) (\(list))")
        }
        let count = try await Decision.make(for: fit.map(\.id), connection)
        if json { return try context.output.print(.object([done.key: .int(count)])) }
        try context.output.print("\(count) \(done.words)")
    }
}

/// Has parked issues and comments tried again.
enum OutboundRetry: OutboundDecision {
    static let help = CommandHelp(
        name: "outbound retry",
        summary: "send again what GitHub refused",
        usage: "[ISSUE] [--json]",
        positional: "[ISSUE]",
        options: [.json],
        details: [
            "ISSUE is as in GH-12; without it everything that is parked is tried again.",
            "Keys with --json: retried.",
        ],
        example: ["plane-worker outbound retry GH-12"]
    )
    static let standings = [OutboundRecord.Standing.parked]
    static let done = (words: "tried again", key: "retried")
    static let needsIssue = false

    static func make(for ids: [UUID], _ connection: Connection) async throws -> Int {
        try await connection.retryOutbound(ids, by: .ofShell())
    }
}

/// Lets many deletions at once go out.
enum OutboundApproval: OutboundDecision {
    static let help = CommandHelp(
        name: "outbound approve",
        summary: "let many deletions at once go to GitHub",
        usage: "[ISSUE] [--json]",
        positional: "[ISSUE]",
        options: [.json],
        details: [
            "If many issues or comments are deleted in Plane within ten minutes (a tenth, but",
            "more than 5, or more than 20), they wait for this, because it may have been a",
            "mistake. ISSUE is as in GH-12; without it all go.",
            "Keys with --json: approved.",
        ],
        example: ["plane-worker outbound approve"]
    )
    static let standings = [OutboundRecord.Standing.wantsApproval]
    static let done = (words: "approved", key: "approved")
    static let needsIssue = false

    static func make(for ids: [UUID], _ connection: Connection) async throws -> Int {
        try await connection.approveOutbound(ids, by: .ofShell())
    }
}

/// Gives up what waits for one issue.
enum OutboundDrop: OutboundDecision {
    static let help = CommandHelp(
        name: "outbound drop",
        summary: "do not send what waits for an issue",
        usage: "ISSUE [--json]",
        positional: "ISSUE",
        options: [.json],
        details: [
            "GitHub stays as it is until the issue, as in GH-12, is changed in Plane again.",
            "Keys with --json: dropped.",
        ],
        example: ["plane-worker outbound drop GH-12"]
    )
    static let standings = [OutboundRecord.Standing.wantsApproval, .parked, .waits]
    static let done = (words: "dropped", key: "dropped")
    static let needsIssue = true

    static func make(for ids: [UUID], _ connection: Connection) async throws -> Int {
        try await connection.dropOutbound(ids, by: .ofShell())
    }
}
