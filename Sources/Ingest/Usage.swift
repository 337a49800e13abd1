import Base
import HTTP

/// What `plane-ingest help` and `plane-ingest manual` print.
enum Usage {
    private static let summary = "takes in GitHub webhooks and queues them in PostgreSQL for plane-worker"
    private static let exitStatus = "0 after a signal, 1 when it cannot work, 2 when a setting cannot be used."

    private static let calls: [(name: String, meaning: String)] = [
        ("plane-ingest", "serve until SIGTERM or SIGINT"),
        ("plane-ingest help", "print the help, as do --help and -h"),
        ("plane-ingest version", "print the version, as does --version"),
        ("plane-ingest manual", "print the manual page, for man(1)"),
    ]

    private static let details = [
        "Point GitHub's webhook at \(Endpoint.webhookPath)/ (content type JSON or form), and Plane's",
        "at \(Endpoint.wakePath)/.",
        "/healthz, /readyz and /metrics are for those who run it.",
    ]

    private static let variables: [(name: String, meaning: String)] = [
        ("DATABASE_URL", "PostgreSQL with Plane's tables and ours, any libpq URL or keywords"),
        ("DATABASE_POOLED", "true behind a pooler in transaction mode (false)"),
        (
            "GITHUB_WEBHOOK_SECRET",
            """
            secret of the webhook; several, separated by commas or newlines,
            while they are being changed
            """
        ),
        ("GITHUB_WEBHOOK_SECRET_FILE", "file with one secret per line, in addition"),
        (
            "GITHUB_WEBHOOK_SECRET_<SOURCE>, GITHUB_WEBHOOK_SECRET_<SOURCE>_FILE",
            """
            the same for \(Endpoint.webhookPath)/<source>/; the name in upper
            case with _ for -: ACME_CORP is acme-corp. No source can be called
            file or end in -file
            """
        ),
        ("PLANE_WEBHOOK_SECRET", "secret of Plane's webhook; several, separated by commas or newlines"),
        (
            "PLANE_WEBHOOK_SECRET_FILE",
            """
            file with one secret per line, in addition. Without either there is
            nothing at \(Endpoint.wakePath)/
            """
        ),
        ("ALLOW_UNSIGNED_WEBHOOKS", "true takes in what anybody sends, where there is no secret (false)"),
        (
            "INGEST_LISTEN",
            """
            numeric address and port, where the service manager hands over no
            socket (127.0.0.1:8080)
            """
        ),
        (
            "INGEST_SHARE_ADDRESS",
            """
            true listens there although another plane-ingest of the same user does
            (false)
            """
        ),
        ("INGEST_LOOPS", "threads that serve connections (one per processor)"),
        ("INGEST_WRITERS", "database connections that store deliveries (2)"),
        ("INGEST_MAX_CONNECTIONS", "open connections in all (10000)"),
        ("INGEST_MAX_CONNECTIONS_PER_ADDRESS", "of one IPv4 address or IPv6 /64 (256)"),
        ("TRUSTED_PROXIES", "addresses and ranges whose X-Forwarded-For is believed (none)"),
        (
            "INGEST_MAX_BYTES_IN_FLIGHT",
            """
            bytes of verified deliveries in hand, then 503 (67108864); half as many
            again may be on their way
            """
        ),
        ("INGEST_REPOSITORY_CACHE", "seconds to remember which repositories are connected (5)"),
        ("INGEST_STORE_SECONDS", "how long a delivery waits for the database, then 503 (8)"),
        (
            "INGEST_SPOOL_DIR",
            """
            directory for deliveries while the database does not answer; made if
            missing, of one process and its user only (none: they get 503)
            """
        ),
        ("INGEST_SPOOL_MAX_BYTES", "what it may hold, then 503 (1073741824)"),
        (
            "INGEST_SPOOL_AFTER",
            """
            seconds the database may leave a delivery unanswered before it goes
            there (2, at most half of INGEST_STORE_SECONDS)
            """
        ),
        ("INGEST_DRAIN_SECONDS", "how long SIGTERM waits for what is in hand (10)"),
        ("LOG_LEVEL", "debug, info, warning, error (info)"),
        ("LOG_FORMAT", "json, text (json, on a terminal text)"),
    ]

    static var text: String {
        (["plane-ingest \(summary).", ""] + calls.map { "  \(padded($0.name, to: 24))\($0.meaning)" } + [""] + details
            + ["", "Settings, all by environment variables:", ""] + variables.flatMap(lines)
            + ["", "Exit status: \(exitStatus)"])
            .joined(separator: "\n")
    }

    static var page: ManualPage {
        var page = ManualPage("plane-ingest", summary: summary)
        page.section("SYNOPSIS")
        page.kept(calls.map(\.name))
        page.section("DESCRIPTION")
        page.text(details)
        page.list(calls)
        page.section("EXIT STATUS")
        page.text([exitStatus])
        page.section("ENVIRONMENT")
        page.list(variables)
        page.section("SEE ALSO")
        page.text(["plane-worker(8)"])
        return page
    }

    /// A variable in one column and its meaning in the next, or below a name that is wider than the column.
    private static func lines(_ variable: (name: String, meaning: String)) -> [String] {
        let width = 30
        let meaning = variable.meaning.split(separator: "\n")
        let indented = meaning.map { "  \(padded("", to: width))\($0)" }
        guard variable.name.count < width else { return ["  \(variable.name)"] + indented }
        return ["  \(padded(variable.name, to: width))\(meaning[0])"] + indented.dropFirst()
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
