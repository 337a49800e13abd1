import Base
import Database
import Foundation
import GitHubClient
import Jobs
import Queue

/// Works on the jobs of all repositories, beside the events: each process a few at a time.
struct JobLoop: Sendable {
    let database: DatabaseConfig
    let github: GitHubConfig
    let sweep: Duration?
    /// Extended while a job is worked on.
    let lease: Duration
    let identity: ProcessIdentity
    let metrics: WorkerMetrics
    let log: Log

    /// Jobs that a process works on at once; each has one call to GitHub at a time.
    private static let concurrency = 2
    /// Leases that may run out before a job is given up.
    private static let crashLimit = 10

    /// Runs until the task is cancelled, and gives back what is not finished.
    func run() async {
        let ids = EventIDGenerator()
        let client = GitHubClient(github, sharing: Connection(database))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.concurrency {
                group.addTask {
                    let connection = Connection(database)
                    let runner = JobRunner(
                        client,
                        connection,
                        ids: ids,
                        sweepPause: sweep ?? .seconds(300),
                        lease: lease,
                        log: log
                    )
                    await work(runner, connection)
                }
            }
            group.addTask { await maintain() }
        }
    }

    private func work(_ runner: JobRunner, _ connection: Connection) async {
        var idle = Backoff(from: .milliseconds(200), to: .seconds(2))
        while !Task.isCancelled {
            let token = UUID()
            do {
                let job = try await connection.claimJob(
                    worker: identity.id,
                    lease: lease,
                    token: token,
                    repeating: sweep != nil
                )
                if let job {
                    idle.reset()
                    try await runner.run(job, token: token)
                    continue
                }
            } catch {
                log(.warning, "a job could not be worked on", error: error)
                metrics.count(error)
            }
            try? await Task.sleep(for: idle.next())
        }
    }

    /// Takes back the jobs of dead workers, and makes the sweeps and recoveries of newly connected repositories.
    private func maintain() async {
        let connection = Connection(database)
        while !Task.isCancelled {
            do {
                let rescued = try await connection.rescue(
                    crashLimit: Self.crashLimit,
                    in: .jobs,
                    as: RescuedJob.self
                )
                for job in rescued { log(.warning, "took back a job whose lease ran out", job.logKeys) }
                if sweep != nil { try await connection.addMissingRepeatingJobs() }
            } catch {
                log(.warning, "jobs could not be kept up", error: error)
                metrics.count(error)
            }
            // Jitter, so that a fleet does not do it in step.
            try? await Task.sleep(for: .seconds(10) * Double.random(in: 0.7...1.3))
        }
    }
}
