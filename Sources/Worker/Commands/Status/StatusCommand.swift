import Shared

/// The state of the queue, the fleet and the last failures on one screen.
struct StatusCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "status",
        summary: "show the queue, its speed, the workers and the last failures",
        usage: "[--json]",
        options: [Option("--json", "one JSON object")],
        details: [
            "Latencies are of the last hour, or of its newest 10,000 events.",
            "Keys with --json:",
            "  queue       pending_due, pending_later, processing, failed,",
            "              completed_last_hour, oldest_pending_seconds",
            "  throughput  per minute, newest first: minute, received, completed, failed",
            "  latency     in seconds: events, claim_p50, claim_p99, complete_p50,",
            "              complete_p99",
            "  workers     id, state, version, concurrency, processing, started_at,",
            "              heartbeat_at",
            "  failures    the keys of plane-worker events --json",
        ],
        example: ["plane-worker status"]
    )

    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        json = arguments.has("--json")
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let screen = StatusScreen(
            queue: try await connection.queueStatus(),
            throughput: try await connection.throughput(minutes: 5),
            latency: try await connection.latency(),
            fleet: try await connection.fleet(),
            failures: try await connection.lastFailures(limit: 5)
        )
        if json {
            try context.output.print(screen.json)
        } else {
            try context.output.print(screen.lines(width: context.output.width))
        }
    }
}
