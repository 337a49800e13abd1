import Base
import Database
import Inspect
import JSON
import Jobs

/// Lists jobs.
struct JobsListCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "jobs list",
        summary: "list imports and recoveries, newest first",
        usage: "[--sweeps] [--limit N] [--json]",
        options: [
            Option("--sweeps", "those too that the workers repeat for ever for each repository"),
            Option("--limit", "N", "the most jobs, 1 to 1000 (default 20)"),
            Option("--json", "one JSON object a line"),
        ],
        details: [
            "Keys with --json: id, kind, status, repository, total, read, stored, problems,",
            "cancelled, created_at, updated_at, worker, error.",
        ],
        example: ["plane-worker jobs list"]
    )

    let withSweeps: Bool
    let limit: Int
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        withSweeps = arguments.has("--sweeps")
        limit = try arguments.int("--limit", in: 1...1_000) ?? 20
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let jobs = try await connection.jobs(limit: limit, withSweeps: withSweeps)
        if json { return try context.output.print(jobs.map(\.json.text)) }
        guard !jobs.isEmpty else { return context.output.note("no jobs") }
        var table = Table([
            .init("id"), .init("kind"), .init("status"), .init("repository", minimum: 10), .init("read", .right),
            .init("new", .right), .init("created"), .init("error", minimum: 10, isOptional: true),
        ])
        for job in jobs {
            table.add([
                job.id.text, job.kind.rawValue, job.isCancelled ? "cancelled" : job.status, job.repository,
                String(job.read),
                String(job.stored), job.createdAt.description, job.error ?? "",
            ])
        }
        try context.output.print(table)
    }
}

/// Shows one job.
struct JobsShowCommand: Command, Equatable {
    static let help = JobName.help("jobs show", "show one job", "ID may be the beginning of an id.")

    let name: JobName

    init(_ arguments: Arguments) throws(UsageProblem) { name = try JobName(arguments) }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let job = try await connection.job(beginningWith: name.id)
        if name.json { return try context.output.print(job.json) }
        let total = job.total.map { " of about \($0)" } ?? ""
        let facts: [(String, String?)] = [
            ("id", job.id.text), ("kind", job.kind.rawValue),
            ("status", job.isCancelled ? "\(job.status), cancelled" : job.status),
            ("repository", job.repository), ("reads", job.isFinished ? nil : job.list),
            ("read", "\(job.read)\(total) objects, \(job.stored) of them new here"), ("worker", job.worker),
            ("created", job.createdAt.description), ("changed", job.updatedAt.description),
            ("due", job.status == "queued" ? job.dueAt.description : nil), ("error", job.error),
        ]
        let lines = facts.compactMap { name, value in
            value.map { "\(name)\(String(repeating: " ", count: 12 - name.count))\(Printable.line($0))" }
        }
        try context.output.print(lines + job.problems.map { "not read    \(Printable.line($0))" })
    }
}

/// Ends one job.
struct JobsCancelCommand: Command, Equatable {
    static let help = JobName.help(
        "jobs cancel",
        "end an import or recovery; what it brought stays",
        "ID may be the beginning of an id. A running job ends after its page."
    )

    let name: JobName

    init(_ arguments: Arguments) throws(UsageProblem) { name = try JobName(arguments) }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let job = try await connection.job(beginningWith: name.id)
        guard !job.repeats else {
            throw CommandFailure("\(job.id.text) repeats for ever; GITHUB_SWEEP_SECONDS=0 ends that")
        }
        guard let job = try await connection.cancelJob(job.id, by: .ofShell()) else {
            throw CommandFailure("the job was deleted")
        }
        if name.json { return try context.output.print(job.json) }
        try context.output.print(
            job.isCancelled
                ? job.isFinished ? "cancelled" : "asked to end; it ends after the page that it reads"
                : "it was finished before: \(job.status)"
        )
    }
}

/// The job that a command is about.
struct JobName: Sendable, Equatable {
    /// The beginning of its id.
    let id: String
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        guard arguments.positionals.count == 1 else {
            throw arguments.problem("expected one ID, found \(arguments.positionals.count) words")
        }
        id = arguments.positionals[0]
        json = arguments.json
    }

    static func help(_ name: String, _ summary: String, _ details: String) -> CommandHelp {
        CommandHelp(
            name: name,
            summary: summary,
            usage: "ID [--json]",
            positional: "ID",
            options: [.json],
            details: [details],
            example: ["plane-worker \(name) 5b1f"]
        )
    }
}
