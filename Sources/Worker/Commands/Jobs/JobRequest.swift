import Base
import Database
import Foundation
import Inspect
import JSON
import Jobs

/// What commands have in common that enter a job and show how far it is.
struct JobRequest: Sendable, Equatable {
    let kind: JobKind
    let repository: String
    let filters: JobFilters
    let waits: Bool
    let json: Bool

    static let options = [Option("--no-wait", "enter it and end at once"), .json]

    static let details = [
        "Keys with --json: id, kind, status, repository, total, read, stored, problems,",
        "cancelled, created_at, updated_at, worker, error.",
    ]

    init(_ kind: JobKind, _ arguments: Arguments, _ filters: JobFilters) throws(UsageProblem) {
        self.kind = kind
        self.filters = filters
        repository = try arguments.requiredString("--repository", "owner/name")
        waits = !arguments.has("--no-wait")
        json = arguments.json
    }

    /// `things` are what the job reads, in words.
    func run(in context: CommandContext, for command: String, things: String) async throws {
        let (last, output) = (try await job(in: context, for: command), context.output)
        if json { return try output.print(last.json) }
        guard last.isFinished else { return try output.print(Self.hint(last)) }
        try output.print(
            "\(last.status): \(last.read) \(things) read, \(last.stored) of them new here"
                + (last.problems.isEmpty ? "" : ", \(last.problems.count) could not be read")
        )
        if last.status == "failed" { throw CommandFailure(last.error ?? "the \(command) failed") }
    }

    static func hint(_ job: JobRecord) -> String { "plane-worker jobs show \(job.id.text) tells how far it is" }

    /// Enters the job and, unless nobody wants to wait, follows it to its end.
    /// - Returns: the job as it is then.
    func job(in context: CommandContext, for command: String) async throws -> JobRecord {
        let connection = try await context.checkedConnection(for: command)
        let sync = try await connection.followedRepository(repository)
        let (job, isNew) = try await connection.enqueue(kind, of: sync, filters)
        let output = context.output
        output.note(
            isNew
                ? "entered \(command) \(job.id.text)"
                : "the \(command) of \(sync.repository) is under way already: \(job.id.text)"
        )
        return waits ? try await follow(job, on: connection, output) : job
    }

    /// Shows how far a job is until it is finished, and the workers have done what it brought.
    private func follow(_ job: JobRecord, on connection: Connection, _ output: Output) async throws -> JobRecord {
        defer { output.progress("") }
        return try await Signals.cancelling {
            let (start, first) = (ContinuousClock.now, job.read)
            var job = job
            var said = ""
            while !Task.isCancelled {
                guard let current = try await connection.job(job.id) else {
                    throw CommandFailure("the job was deleted")
                }
                job = current
                let waiting = try await connection.waitingEvents(of: job)
                if job.isFinished, waiting == 0 || job.status == "failed" { break }
                if output.isErrorTerminal {
                    let passed = ContinuousClock.now - start
                    output.progress(
                        JobProgress(job: job, waiting: waiting, gained: job.read - first, passed: passed).line
                    )
                } else if let error = job.error, error != said {
                    said = error
                    output.note("\(job.list): \(error)")
                }
                try? await Task.sleep(for: .milliseconds(500))
            }
            return job
        }
    }
}

extension Connection {
    /// A connection of a repository, whichever project follows: a job is for all of them.
    func followedRepository(_ name: String) throws -> ConnectedSync {
        guard let sync = try connectedSyncs(SyncFilter(repository: name)).first else {
            throw CommandFailure("no project follows \(name); plane-worker connect lets one")
        }
        return sync
    }
}
