import Base
import Database
import Foundation
import JSON
import Jobs

/// Brings what was on GitHub before the webhook.
struct ImportCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "import",
        summary: "bring what was on GitHub before the webhook",
        usage: "--repository OWNER/NAME [--since WHEN]\n[--state open|all] [--no-wait] [--json]",
        options: [
            .repository,
            Option("--since", "WHEN", "only what changed since: 30d (ago) or a time such as\n2026-01-01T00:00:00Z"),
            Option(
                "--state",
                "open|all",
                "only open issues, or all (default)",
                completion: .words(["open", "all"])
            ),
            Option("--no-wait", "enter the import and end at once"), .json,
        ],
        details: [
            "The workers read GitHub, so they need a token or an App (see plane-worker",
            "--help). This command shows how far they are; Ctrl-C ends only the showing.",
            "Kill what you like: the import goes on where it was. Running it again brings",
            "only what is new, and webhooks may arrive meanwhile.",
            "",
            "Keys with --json: id, kind, status, repository, read, stored, problems,",
            "cancelled, created_at, updated_at, worker, error.",
        ],
        example: ["plane-worker import --repository octocat/hello-world"]
    )

    let repository: String
    let filters: JobFilters
    let waits: Bool
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        repository = try arguments.requiredString("--repository", "owner/name")
        let state = arguments.string("--state")
        guard state.map(["open", "all"].contains) ?? true else {
            throw arguments.invalid("--state", "open or all")
        }
        filters = JobFilters(since: try arguments.time("--since", now: .now), state: state)
        waits = !arguments.has("--no-wait")
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let syncs = try await connection.connectedSyncs(SyncFilter(repository: repository))
        guard let sync = syncs.first else {
            throw CommandFailure("no project follows \(repository); plane-worker connect lets one")
        }
        let (job, isNew) = try await connection.enqueueImport(of: sync, filters)
        let output = context.output
        output.note(
            isNew ? "entered import \(job.id.text)" : "an import of \(sync.repository) is under way: \(job.id.text)"
        )
        let last = waits ? try await follow(job, on: connection, output) : job
        if json { return try output.print(last.json) }
        guard last.isFinished else {
            return try output.print("plane-worker jobs show \(job.id.text) tells how far it is")
        }
        try output.print(
            "\(last.status): \(last.read) objects read, \(last.stored) of them new here"
                + (last.problems.isEmpty ? "" : ", \(last.problems.count) could not be read")
        )
        if last.status == "failed" { throw CommandFailure(last.error ?? "the import failed") }
    }

    /// Shows how far a job is until it is finished, and the workers have done what it brought.
    private func follow(_ job: JobRecord, on connection: Connection, _ output: Output) async throws -> JobRecord {
        defer { output.progress("") }
        return try await Signals.cancelling {
            let start = ContinuousClock.now
            var job = job
            var said = ""
            while !Task.isCancelled {
                guard let current = try await connection.job(job.id) else {
                    throw CommandFailure("the job was deleted")
                }
                job = current
                let waiting = try await connection.waitingReadings(of: job.repository)
                if job.isFinished, waiting == 0 || job.status == "failed" { break }
                if output.isErrorTerminal {
                    output.progress(Self.line(job, waiting: waiting, after: ContinuousClock.now - start))
                } else if let error = job.error, error != said {
                    said = error
                    output.note("\(job.list): \(error)")
                }
                try? await Task.sleep(for: .milliseconds(500))
            }
            return job
        }
    }

    /// `issues: 1200 read, 1180 new, 240/s, 35 wait for a worker`.
    static func line(_ job: JobRecord, waiting: Int, after passed: Duration) -> String {
        let rate = passed >= .seconds(1) ? Int(Double(job.read) / (passed / .seconds(1))) : 0
        let state = job.status == "queued" ? job.error.map { "waits (\($0))" } ?? "waits for a worker" : job.list
        return "\(state): \(job.read) read, \(job.stored) new"
            + (rate > 0 ? ", \(rate)/s" : "") + (waiting > 0 ? ", \(waiting) wait for a worker" : "")
    }
}
