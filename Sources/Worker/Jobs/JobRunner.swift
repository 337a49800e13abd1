import Base
import Database
import Deliveries
import Foundation
import GitHubClient
import JSON
import Queue

/// Works on one job at a time: reads page after page, and stores each with the place where the job goes on.
package struct JobRunner: Sendable {
    let client: GitHubClient
    let connection: Connection
    let ids: EventIDGenerator
    /// From the end of a sweep to the next one.
    let sweepPause: Duration
    /// How long nobody else takes a job without a sign that it is worked on.
    let lease: Duration
    let log: Log

    package init(
        _ client: GitHubClient,
        _ connection: Connection,
        ids: EventIDGenerator,
        sweepPause: Duration,
        lease: Duration,
        log: Log
    ) {
        self.client = client
        self.connection = connection
        self.ids = ids
        self.sweepPause = sweepPause
        self.lease = lease
        self.log = log
    }

    /// Attempts that may fail in a row.
    static let attempts = 10
    /// Events that may be due before a job waits for the workers.
    static let backlog = 2_000
    /// No step takes longer.
    private static let stepLimit = Duration.seconds(3_600)

    /// Works on a job until it ends, has to wait, or the task is cancelled.
    /// - Throws: `DatabaseError`; the job is due again once its lease runs out.
    package func run(_ job: Job, token: UUID) async throws {
        var job = job
        let outcome: Outcome
        do {
            if try await connection.connections(of: [job.repositoryID])[job.repositoryID] == .unconnected {
                outcome = .completed(.ignored, result: #"{"ended":"no project follows the repository any more"}"#)
            } else {
                outcome = try await work(on: &job, token: token)
            }
        } catch GitHubError.cancelled {
            return try await connection.release([job.id], token: token, in: .jobs)
        } catch let error as GitHubError {
            outcome = Self.outcome(of: error, for: job)
        } catch let problem as JobProblem {
            // A job that repeats would only be made anew.
            outcome =
                job.repeats
                ? .delayed(by: .seconds(3_600), reason: problem.description) : .failed(reason: problem.description)
        } catch is LostClaim {
            return log(.warning, "a job has another owner", job.logKeys)
        } catch is CancellationError {
            return try await connection.release([job.id], token: token, in: .jobs)
        }
        let keys = job.logKeys.merging([.reason: outcome.reason]) { $1 }
        switch outcome {
        case .completed: log(.info, "a job is done", keys)
        case .delayed: log(.debug, "a job goes on later", keys)
        case .retry: log(.warning, "a job met an obstacle and goes on later", keys)
        case .failed: log(.error, "a job failed", keys)
        }
        try await connection.finish(job, outcome, token: token)
    }

    /// The job is as it was stored last, also after an error.
    private func work(on job: inout Job, token: UUID) async throws -> Outcome {
        var work = Work(job, client, connection, ids: ids)
        while true {
            try Task.checkCancellation()
            if try await connection.isBehind(by: Self.backlog) {
                return .delayed(by: work.pauseForOthers, reason: "the workers have to catch up first")
            }
            if !job.reportsOnly, let events = job.position.list.after,
                try await connection.hasPendingReadings(of: job.repositoryID, events)
            {
                return .delayed(by: .seconds(1), reason: "what was read has to be applied first")
            }
            let position = job.position
            // A step may make many calls, each of which may take its whole time.
            let step = try await connection.keeping(token, lease: lease, timeLimit: Self.stepLimit, in: .jobs) {
                try await work.step(from: position)
            }
            let isCancelled = try await connection.store(step, of: job, token: token, lease: lease)
            job.position = step.next
            job.retries = 0
            if isCancelled { return .completed(.applied, result: #"{"ended":"cancelled"}"#) }
            guard step.isLast else { continue }
            guard !job.repeats else { return .delayed(by: sweepPause, reason: "") }
            let differences = JSONValue.array(job.position.differences.map(JSONValue.string))
            return .completed(
                .applied,
                result: JSONValue.object(["ended": .string("all read"), "differences": differences]).text
            )
        }
    }

    private static func wait(until time: Timestamp) -> Duration {
        max(.seconds(1), .microseconds(time.microseconds - Timestamp.now.microseconds))
    }

    /// A limit costs nothing, and nothing that may be over by itself ends a job before the tenth time in a row.
    static func outcome(of error: GitHubError, for job: Job) -> Outcome {
        let reason = error.description
        switch error {
        case .rateLimited(let until, _):
            return .delayed(by: wait(until: until) + .seconds(Double.random(in: 0...2)), reason: reason)
        case .parked(let until):
            return .delayed(by: wait(until: until), reason: reason)
        case .database:
            return .delayed(by: .seconds(5), reason: reason)
        case .transient, .outcomeUnknown, .cancelled:
            guard job.repeats || job.retries < attempts else { return .failed(reason: reason) }
        case .notFound, .gone, .moved, .unauthorized, .forbidden, .validation:
            // A job that repeats stays: somebody may give the right, or connect the repository anew.
            if job.repeats { return .delayed(by: .seconds(600), reason: reason) }
            // Where GitHub has shown something before, a token has ended, or an App is suspended: that may be over soon.
            guard job.position.hasBegun, job.retries < attempts else { return .failed(reason: reason) }
        }
        var wait = min(Duration.seconds(600), .seconds(2) * (1 << min(job.retries, 10)))
        if case .transient(_, .some(let until)) = error { wait = max(wait, self.wait(until: until)) }
        return .retry(after: wait * Double.random(in: 1...1.5), reason: reason)
    }
}

/// What a job does, step by step.
private enum Work {
    case reading(RepositoryReader)
    case recovery(DeliveryRecovery)

    init(_ job: Job, _ client: GitHubClient, _ connection: Connection, ids: EventIDGenerator) {
        self =
            job.kind == .recover
            ? .recovery(DeliveryRecovery(job, client, connection))
            : .reading(RepositoryReader(job, client, connection, ids: ids))
    }

    /// A recovery has to read its lists again.
    var pauseForOthers: Duration { if case .recovery = self { .seconds(30) } else { .seconds(1) } }

    mutating func step(from position: JobPosition) async throws -> Step {
        switch self {
        case .reading(var reader):
            defer { self = .reading(reader) }
            return try await reader.step(from: position)
        case .recovery(var recovery):
            defer { self = .recovery(recovery) }
            return try await recovery.step(from: position)
        }
    }
}

extension Outcome {
    fileprivate var reason: String {
        switch self {
        case .completed: ""
        case .retry(_, let reason), .delayed(_, let reason), .failed(let reason): reason
        }
    }
}

extension Connection {
    /// Ends a run of a job.
    ///
    /// One that was cancelled, or could not read everything, is only partly completed. A sweep that somebody wanted while
    /// it ran comes again soon.
    fileprivate func finish(_ job: Job, _ outcome: Outcome, token: UUID) throws {
        let partial: Query = """
            update github_sync.github_sync_jobs set status = 'partial'
            where id = \(job.id) and status = 'completed' and (problems <> '[]' or cancelled_at is not null)
            """
        let wanted: Query = """
            update github_sync.github_sync_jobs set run_at = least(run_at, now() + interval '30 seconds')
            where id = \(job.id) and status = 'queued' and error_message = '' and wanted_at >= \(job.claimedAt)
            """
        let queries = Self.finishQueries([(job.id, outcome)], token: token, in: .jobs) + [partial, wanted]
        try transaction { connection in
            _ = try connection.runAndCommit(queries)
        }
    }
}

extension JobPosition.List {
    /// The events that a list needs to be done.
    fileprivate var after: [EventType]? {
        switch self {
        case .labels, .issues, .pulls: nil
        case .comments: [.issues]
        case .comparison: [.issues, .issueComment]
        }
    }
}
