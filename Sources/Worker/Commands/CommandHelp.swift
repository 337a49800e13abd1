import Base

/// What `--help` says about a command.
struct CommandHelp: Sendable {
    let name: String
    /// One line for the list of commands.
    let summary: String
    /// What follows the name: `ID [--payload]`; further lines are indented.
    var usage = ""
    /// What the words without dashes stand for; nil for a command that takes none.
    var positional: String?
    /// All words it may be, where there are few.
    var positionalWords: [String] = []
    var options: [Option] = []
    var details: [String] = []
    var example: [String] = []
    var exitStatus = "0 done, 1 failed, 2 wrong usage."
    var usesDatabase = true
    /// The group role of `sql/roles.sql` with the fewest rights that has those the command needs.
    var group = "plane_sync_admin"
    /// The environment variables the command reads, besides those of the database.
    var variables: [(name: String, meaning: String)] = []

    /// The one or two words of its name.
    var words: [String] { name.split(separator: " ").map(String.init) }

    /// How to call it; what does not fit into a line goes on in the next.
    var synopsis: [String] {
        let call = ["plane-worker", name, usage].filter { !$0.isEmpty }.joined(separator: " ")
        return call.split(separator: "\n").map(String.init)
    }

    /// All environment variables that it reads.
    var environment: [(name: String, meaning: String)] {
        let database =
            usesDatabase
            ? [("DATABASE_URL", "required, with a role in \(group)"), ("DATABASE_POOLED", "true behind PgBouncer")] : []
        return database + variables
    }

    var lines: [String] {
        var lines = synopsis.enumerated().map { $0 == 0 ? "usage: \($1)" : "           \($1)" }
        lines += ["", "\(summary)."]
        if !details.isEmpty { lines += [""] + details }
        if !options.isEmpty { lines += ["", "Options:"] + Self.aligned(options.map { ($0.form, $0.meaning) }) }
        if !example.isEmpty { lines += ["", "Example:"] + example.map { "  \($0)" } }
        lines += [""] + Self.aligned([("Exit status:", exitStatus)]).map { String($0.dropFirst(2)) }
        return environment.isEmpty ? lines : lines + ["", "Environment:"] + Self.aligned(environment)
    }

    /// Names in one column, meanings in the next.
    static func aligned(_ pairs: [(name: String, meaning: String)]) -> [String] {
        TextWidth.aligned(pairs.map { ($0.name, $0.meaning.split(separator: "\n").map(String.init)) }).map { "  \($0)" }
    }

    /// How a command reaches GitHub.
    static let gitHubVariables = [
        (name: "GITHUB_TOKEN", meaning: "or GITHUB_TOKEN_FILE, its file"),
        (name: "GITHUB_APP_ID", meaning: "an App instead, with GITHUB_APP_PRIVATE_KEY_FILE"),
        (name: "GITHUB_API_URL", meaning: "the API of an Enterprise Server"),
    ]

    /// The variables that commands with tables and colours read.
    static let terminalVariables = [
        (name: "NO_COLOR", meaning: "if set to anything: no colours"),
        (name: "COLUMNS", meaning: "the most columns to use"),
        (name: "TERM", meaning: "if dumb: no colours, and nothing is redrawn in place"),
    ]
}

extension [CommandHelp] {
    /// The words a command line can begin with, in order.
    var firstWords: [String] {
        reduce(into: []) { words, command in if !words.contains(command.words[0]) { words.append(command.words[0]) } }
    }

    /// The commands of two words that begin with this one.
    func group(_ first: String) -> [CommandHelp] { filter { $0.words.count == 2 && $0.words[0] == first } }

    /// What a shell says beside a word that a command line can begin with: what it does, or which words can follow.
    func meaning(of first: String) -> String {
        let group = group(first)
        guard group.isEmpty else { return group.map { $0.words[1] }.joined(separator: ", ") }
        return self.first { $0.name == first }?.summary ?? ""
    }
}

/// What `plane-worker --help` says.
enum ProgramHelp {
    static let summary = "brings GitHub events from the queue into Plane"
    static let exitStatus = "0 done, 1 failed, 2 wrong usage."

    static var lines: [String] {
        ["plane-worker \(Version.current): \(summary).", ""]
            + ["usage: plane-worker COMMAND [OPTIONS]", "", "Commands:"]
            + CommandHelp.aligned(Program.commands.map { ($0.help.name, $0.help.summary) })
            + ["", "  help COMMAND or COMMAND --help (-h) says more about a command; version or"]
            + ["  --version prints the version.", ""]
            + ["Environment:"]
            + CommandHelp.aligned(variables)
            + ["", "Exit status: \(exitStatus)"]
    }

    static let variables: [(name: String, meaning: String)] = [
        ("DATABASE_URL", "required: PostgreSQL with Plane's tables, any libpq URI"),
        ("DATABASE_POOLED", "true behind PgBouncer in transaction mode\n(default false)"),
        ("WORKER_CONCURRENCY", "batches of events processed at once (default 4)"),
        ("WORKER_BATCH", "the most events in a batch (default 64)"),
        ("WORKER_BATCH_BYTES", "the most bytes of payload in all batches together\n(default 67108864)"),
        ("WORKER_LEASE", "seconds until the events of a worker that no longer\nresponds go to others (default 60)"),
        ("WORKER_MAX_RETRIES", "retries before an event counts as failed (default 3)"),
        ("WORKER_BACKOFF", "seconds before the first retry, doubled for each\nfurther one up to 600 (default 15)"),
        ("WORKER_DRAIN_SECONDS", "seconds a stop waits for running batches (default 20)"),
        (
            "WORKER_TIME_LIMIT",
            "seconds a batch may take; then the program ends itself\nand its events go to others (default 300)"
        ),
        ("WORKER_METRICS_LISTEN", "address:port for /healthz, /readyz and /metrics\n(default: none)"),
        ("GITHUB_TOKEN", "for GitHub's API; or GITHUB_TOKEN_FILE, its file\n(default: GitHub is not asked)"),
        ("GITHUB_APP_ID", "a GitHub App instead, with GITHUB_APP_PRIVATE_KEY_FILE"),
        ("GITHUB_API_URL", "the API of an Enterprise Server\n(default https://api.github.com)"),
        ("GITHUB_SWEEP_SECONDS", "seconds from one look for missed changes to the next\n(default 300; 0: none)"),
        ("PLANE_WEB_URL", "where people look at Plane, for links in what is sent"),
        ("LOG_LEVEL", "debug, info, warning or error (default info)"),
        ("LOG_FORMAT", "json or text (default text on a terminal, else json)"),
    ]
}
