import Base

/// What `plane-worker --help` says.
enum ProgramHelp {
    static var lines: [String] {
        ["plane-worker \(Version.current): brings GitHub events from the queue into Plane.", ""]
            + ["usage: plane-worker [COMMAND] [OPTIONS]", "", "Commands (run is the default):"]
            + CommandHelp.aligned(Program.commands.map { ($0.help.name, $0.help.summary) })
            + ["", "  --help after a command tells more about it; --version prints the version.", ""]
            + ["Environment:"]
            + CommandHelp.aligned(variables)
            + ["", "Exit status: 0 done, 1 failed, 2 wrong usage."]
    }

    private static let variables = [
        ("DATABASE_URL", "required: PostgreSQL with Plane's tables, any libpq URI"),
        ("DATABASE_POOLED", "true behind PgBouncer in transaction mode\n(default false)"),
        ("WORKER_CONCURRENCY", "batches of events worked on at once (default 4)"),
        ("WORKER_BATCH", "the most events in a batch (default 64)"),
        ("WORKER_BATCH_BYTES", "the most bytes of payload in all batches together\n(default 67108864)"),
        ("WORKER_LEASE", "seconds a claimed event stays with a worker that gives\nno sign of life (default 60)"),
        ("WORKER_MAX_RETRIES", "retries before an event counts as failed (default 3)"),
        ("WORKER_BACKOFF", "seconds before the first retry, doubled for each\nfurther one up to 600 (default 15)"),
        ("WORKER_DRAIN_SECONDS", "seconds a stop waits for what is in hand (default 20)"),
        (
            "WORKER_TIME_LIMIT",
            "seconds a batch may take before the program ends itself\nand its events go to others (default 300)"
        ),
        ("WORKER_METRICS_LISTEN", "address:port for /healthz, /readyz and /metrics\n(default: none)"),
        ("LOG_LEVEL", "debug, info, warning or error (default info)"),
        ("LOG_FORMAT", "json or text (default text on a terminal, else json)"),
    ]
}
