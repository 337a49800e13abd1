import Foundation
import Inspect
import JSON

/// Looks at everything a working installation needs, and says what to do about what it lacks.
struct DoctorCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "doctor",
        summary: "check the database, the settings, the endpoint and the queue",
        usage: "[--endpoint URL] [--json]",
        options: [
            Option(
                "--endpoint",
                "URL",
                "where plane-ingest answers (default: from INGEST_LISTEN)"
            ),
            .json,
        ],
        details: [
            "Makes these checks one after the other. Each is ok, warning, failed or not",
            "checked, and says what to do. Nothing is changed. Run it where a program runs,",
            "with that program's environment: what is not set there (webhook secrets,",
            "INGEST_SPOOL_DIR) is not checked. The role of the connect command can see most;",
            "doctor says what the role may not see.",
            "",
            "  database     reachable, how fast, encrypted",
            "  server       version, fsync, synchronous_commit, connections",
            "  role         what the role in DATABASE_URL may do, and every role",
            "  schema       our migrations",
            "  plane        Plane's tables",
            "  connections  connected repositories",
            "  bots         who acts for them in Plane",
            "  secret       webhook secrets and their files, never printed",
            "  endpoint     answers as plane-ingest does, and could store a delivery",
            "  ingest       what plane-ingest refused in the last hour, whose pings came in",
            "               the last day, and repositories that no project follows",
            "  github       with the workers' token or App: whether it works, what it may do,",
            "               webhooks and their last 100 deliveries, calls left",
            "  outbound     what goes from Plane to GitHub: who looks for it, what is held",
            "               up, whether everybody may read comments, Plane's webhook",
            "  mcp          GitHub's MCP server, if one is set: what its tools can do",
            "  clock        on this machine, in the database, on ingest nodes",
            "  disk         of the spool, and of the database if it is on this machine",
            "  workers      running, lost, versions",
            "  queue        how long the oldest due event has waited",
            "  failures     failed events, and why",
            "  vacuum       old snapshots, dead rows",
            "  prune        how long events are kept",
            "",
            "Keys with --json: checks (list of check, verdict, text, advice), and how many",
            "are ok, warning, failed, not_checked. A check may have several findings.",
        ],
        example: ["plane-worker doctor --endpoint https://sync.example.com"],
        exitStatus: "0 if no check failed, even with warnings; 1 if one did.",
        variables: [
            ("INGEST_LISTEN", "where plane-ingest listens"),
            ("GITHUB_WEBHOOK_SECRET…", "secrets and their files, as plane-ingest reads them"),
            ("PLANE_WEBHOOK_SECRET…", "the same of Plane's webhook"),
            ("INGEST_SPOOL_DIR", "the spool; INGEST_SPOOL_MAX_BYTES is its largest size"),
        ] + CommandHelp.gitHubVariables + [
            ("GITHUB_MCP_URL", "GitHub's MCP server; or GITHUB_MCP_COMMAND, a program")
        ]
    )

    /// Where plane-ingest answers; nil: at the address of `INGEST_LISTEN`.
    let endpoint: HTTPAddress?
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        if let text = arguments.string("--endpoint") {
            guard let address = HTTPAddress(text) else {
                throw arguments.invalid("--endpoint", "an address such as https://sync.example.com")
            }
            endpoint = address
        } else {
            endpoint = nil
        }
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        var findings: [(check: String, finding: Finding)] = []
        let variables = ProcessInfo.processInfo.environment
        let installation = Installation(context.environment, variables: variables, endpoint: endpoint)
        for check in Check.all {
            for finding in await check.findings(of: installation) {
                findings.append((check.name, finding))
                guard !json else { continue }
                let output = context.output
                try output.print(
                    finding.lines(check: check.name, columns: output.size?.columns, isColoured: output.isColoured)
                )
            }
        }
        func count(_ verdict: Finding.Verdict) -> Int { findings.count { $0.finding.verdict == verdict } }
        if json {
            let report: JSONValue = .object([
                "checks": .array(findings.map { $0.finding.json(check: $0.check) }),
                "ok": .int(count(.ok)), "warning": .int(count(.warning)), "failed": .int(count(.failed)),
                "not_checked": .int(count(.notChecked)),
            ])
            try context.output.print(report)
        } else {
            let counts = Finding.Verdict.allCases.map { "\(count($0)) \($0.label)" }
            try context.output.print(["", counts.joined(separator: ", ")])
        }
        if count(.failed) > 0 { throw Failed() }
    }

    /// A check failed, and its finding has been printed.
    struct Failed: Error {}
}
