import Base
import Run

/// Processes events until it is told to stop.
struct RunCommand: Command {
    /// The worker ended with an error that is in the log.
    struct Ended: Error {}

    static let help = CommandHelp(
        name: "run",
        summary: "process events until SIGTERM",
        details: [
            "Reads its settings from the environment: see plane-worker --help.",
            "On SIGTERM or Ctrl-C it finishes the events it is processing, then ends. On a",
            "second signal it gives them back to the queue and ends at once.",
        ],
        example: ["DATABASE_URL=postgres://sync@localhost/plane plane-worker run"],
        group: "plane_sync_worker"
    )

    init(_ arguments: Arguments) throws(UsageProblem) {}

    func run(in context: CommandContext) async throws {
        Memory.returnLargeBlocks()
        let log = try context.serviceLog()
        let config = try WorkerConfig(context.environment)
        let notifier = try ServiceNotifier(context.environment, log: log)
        do {
            try await WorkerProcess(config, notifier: notifier, log: log).run()
        } catch {
            // The last line of a service has the same format as the others, for whatever collects them.
            log(.error, "cannot go on", [.error: Program.description(of: error, in: Self.help)])
            throw Ended()
        }
    }
}
