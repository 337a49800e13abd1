import Base
import Dashboard

/// Serves pages about the queue until it is told to stop.
struct DashboardCommand: Command {
    /// The dashboard ended with an error that is in the log.
    struct Ended: Error {}

    static let help = CommandHelp(
        name: "dashboard",
        summary: "serve web pages about the queue until SIGTERM",
        details: [
            "Shows on web pages whether it is well, what became of each event, what failed",
            "and why, and what goes to GitHub; /api/ before a path gives the same as JSON.",
            "Without users it listens on this machine only, shows no bodies of deliveries,",
            "and changes nothing. On SIGTERM it finishes its answers, then ends.",
        ],
        example: ["DATABASE_URL=postgres://monitor@localhost/plane plane-worker dashboard"],
        group: "plane_sync_viewer",
        variables: [
            ("DASHBOARD_LISTEN", "address:port (default 127.0.0.1:8090)"),
            ("DASHBOARD_USERS_FILE", "who may sign in: name:role:secret a line; roles are\nviewer, operator and admin"),
            ("DASHBOARD_USER_HEADER", "header field with the name of whoever a proxy let in"),
            ("DASHBOARD_ROLE_HEADER", "header field with their role; without it: viewer"),
            ("TRUSTED_PROXIES", "addresses of the proxies whose word that is"),
            ("DASHBOARD_ACTIONS", "true lets operators replay, retry and cancel\n(default false)"),
            ("DASHBOARD_PAYLOADS", "the least role that sees bodies of deliveries, or\nnobody (default admin)"),
            ("DASHBOARD_HOSTS", "host names it answers to besides addresses and\nlocalhost"),
            ("DASHBOARD_PREFIX", "path before all pages (default /)"),
            ("GITHUB_API_URL", "the API of an Enterprise Server, for links to it"),
            ("PLANE_WEB_URL", "where people look at Plane, for links to its issues"),
        ]
    )

    init(_ arguments: Arguments) throws(UsageProblem) {}

    func run(in context: CommandContext) async throws {
        let log = try context.serviceLog()
        let config = try DashboardConfig(context.environment)
        let notifier = try ServiceNotifier(context.environment, log: log)
        do {
            try await DashboardProcess(config, notifier: notifier, log: log).run()
        } catch {
            // The last line of a service has the same format as the others, for whatever collects them.
            log(.error, "cannot go on", [.error: Program.description(of: error, in: Self.help)])
            throw Ended()
        }
    }
}
