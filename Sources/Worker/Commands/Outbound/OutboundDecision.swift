import Base
import JSON

/// What an operator decides about issues and comments that do not go out by themselves.
///
/// The three commands differ only in which objects they are for, and what becomes of them.
private enum OutboundDecision: String {
    case approve, retry, drop

    /// How objects stand that it is for.
    var standings: [OutboundRecord.Standing] {
        switch self {
        case .approve: [.wantsApproval]
        case .retry: [.parked]
        case .drop: [.wantsApproval, .parked, .waits]
        }
    }

    var done: String {
        switch self {
        case .approve: "approved"
        case .retry: "tried again"
        case .drop: "dropped"
        }
    }

    func run(_ issue: String?, json: Bool, in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: "outbound \(rawValue)")
        let fit = try await connection.outbound(issue: issue, limit: .max).filter { standings.contains($0.standing) }
        if let issue, fit.isEmpty {
            throw CommandFailure("nothing of \(issue) can be \(done) (see plane-worker outbound list --issue \(issue))")
        }
        let ids = fit.map(\.id)
        let count =
            switch self {
            case .approve: try await connection.approveOutbound(ids)
            case .retry: try await connection.retryOutbound(ids)
            case .drop: try await connection.dropOutbound(ids)
            }
        let key = self == .retry ? "retried" : done
        if json { return try context.output.print(.object([key: .int(count)])) }
        try context.output.print("\(count) \(done)")
    }
}

extension Arguments {
    fileprivate func issue() throws(UsageProblem) -> String? {
        guard positionals.count < 2 else {
            throw problem("expected one ISSUE at most, found \(positionals.count) words")
        }
        return positionals.first
    }
}

/// Has parked issues and comments tried again.
struct OutboundRetryCommand: Command, Equatable {
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

    let issue: String?
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) { (issue, json) = (try arguments.issue(), arguments.json) }

    func run(in context: CommandContext) async throws {
        try await OutboundDecision.retry.run(issue, json: json, in: context)
    }
}

/// Lets many deletions at once go out.
struct OutboundApproveCommand: Command, Equatable {
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

    let issue: String?
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) { (issue, json) = (try arguments.issue(), arguments.json) }

    func run(in context: CommandContext) async throws {
        try await OutboundDecision.approve.run(issue, json: json, in: context)
    }
}

/// Gives up what waits for one issue.
struct OutboundDropCommand: Command, Equatable {
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

    let issue: String
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        guard let issue = try arguments.issue() else { throw arguments.problem("ISSUE is missing, as in GH-12") }
        self.issue = issue
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        try await OutboundDecision.drop.run(issue, json: json, in: context)
    }
}
