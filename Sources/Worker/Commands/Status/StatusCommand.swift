import Inspect

/// The state of the queue, the programs and the failures on one screen.
struct StatusCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "status",
        summary: "show the queue, its speed, the programs, and what failed",
        usage: "[--watch [SECONDS]] [--json]",
        options: [
            Option(
                "--watch",
                "SECONDS",
                "show it again and again until Ctrl-C, 1 to 3600\nseconds apart (default 2)",
                isValueOptional: true
            ),
            Option("--json", "one JSON object, with --watch one a line"),
        ],
        details: [
            "Rates are events per second in the last 60 and 300 seconds. Latencies are those",
            "of the last hour, or of its newest 10,000 events. Programs are those of the last",
            "day; those that were stopped share a line.",
            "",
            "--watch redraws the screen and fits it to the terminal. While the database is",
            "unavailable it says so and keeps trying. In a pipe it prints one block for each",
            "refresh. Colours: red for failed, yellow for lost.",
            "",
            "Keys with --json:",
            "  at          when, by the database's clock",
            "  queue       pending_due, pending_later, processing, failed,",
            "              completed_last_hour, oldest_pending_seconds",
            "  throughput  per minute, newest first: minute, received, completed, failed",
            "  rates       last_minute, last_5_minutes: received, completed, failed, a second",
            "  latency     in seconds: events, claim_p50, claim_p95, claim_p99,",
            "              complete_p50, complete_p95, complete_p99",
            "  workers     id, state, version, concurrency, processing, started_at,",
            "              heartbeat_at (the first 50)",
            "  fleet       how many workers are running, lost, stopped",
            "  ingest      plane-ingest processes: id, state, version, listen, started_at,",
            "              heartbeat_at, spool_records, spool_in_use, refusals (reason,",
            "              count, last), unknown_repositories (repository, count, last),",
            "              pings (sender, count, last, followed)",
            "  rate_limits repository_id, repository, per_minute, waiting, last_turn",
            "  outbound    what goes to GitHub; null unless somebody asked for it:",
            "              connections, waiting, sending, parked, wants_approval,",
            "              oldest_seconds, sent_last_hour",
            "  failures    the last five: the keys of plane-worker events --json",
            "  causes      the five most frequent: event_type, error, events, first_received,",
            "              last_failed, repositories, last_event_id",
            "  error       with --watch, instead of all but at: why there are no figures",
        ],
        example: ["plane-worker status", "plane-worker status --watch 5"],
        exitStatus: "0 done, also if Ctrl-C ends it; 1 failed, 2 wrong usage.",
        group: "plane_sync_monitor",
        variables: CommandHelp.terminalVariables
    )

    /// Seconds between refreshes; nil: once.
    let watch: Int?
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        watch = arguments.has("--watch") ? try arguments.int("--watch", in: 1...3_600) ?? 2 : nil
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        if let watch { return try await StatusWatch(context: context, interval: watch, json: json).run() }
        let connection = try await context.checkedConnection(for: Self.help.name)
        let reading = try await connection.statusReading()
        let output = context.output
        guard !json else { return try output.print(reading.json) }
        let size = output.size
        let layout = StatusLayout(reading: reading, isColoured: output.isColoured)
        // The prompt takes the last line.
        try output.print(layout.lines(columns: size?.columns, rows: size.map { $0.rows - 1 }))
    }
}
