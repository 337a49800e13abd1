import Base
import Database
import Foundation
import GitHubClient
import HTTP
import Outbound
import Queue

/// The settings of `plane-worker run`.
package struct WorkerConfig: Sendable, Equatable {
    var database: DatabaseConfig
    /// Batches that are worked on at once.
    let concurrency: Int
    /// The most events one claim takes.
    let batch: Int
    /// The most bytes of payload that all batches together have, unless a single event has more.
    let batchBytes: Int
    let lease: Duration
    let retries: RetryPolicy
    /// How long a batch may take before the process ends itself, as Celery's hard limit ends its child.
    let timeLimit: Duration
    /// How long a shutdown may wait for what is in hand.
    let drain: Duration
    /// Where the process shows how it is; nil shows it nowhere.
    let metricsListen: ListenAddress?
    /// How GitHub is asked; nil does without.
    let github: GitHubConfig?
    /// Where people look at Plane.
    let pages: PlanePages?
    /// From one look at what changed in a repository to the next; nil never looks.
    let sweep: Duration?
    #if DEBUG
    /// Whether payloads may ask the program to misbehave.
    let testHooks: Bool
    #endif

    package init(_ environment: Environment) throws(Environment.Problem) {
        database = try environment.database(applicationName: "plane-worker")
        concurrency = try environment.int("WORKER_CONCURRENCY", in: 1...64, default: 4)
        batch = try environment.int("WORKER_BATCH", in: 1...1000, default: 64)
        batchBytes = try environment.int("WORKER_BATCH_BYTES", in: 65_536...1_073_741_824, default: 64 << 20)
        lease = try environment.seconds("WORKER_LEASE", in: 2...3600, default: .seconds(60))
        retries = RetryPolicy(
            maxRetries: try environment.int("WORKER_MAX_RETRIES", in: 0...100, default: 3),
            backoff: try environment.seconds("WORKER_BACKOFF", in: 0...600, default: .seconds(15))
        )
        timeLimit = try environment.seconds("WORKER_TIME_LIMIT", in: 1...86_400, default: .seconds(300))
        drain = try environment.seconds("WORKER_DRAIN_SECONDS", in: 1...600, default: .seconds(20))
        metricsListen = try Self.address("WORKER_METRICS_LISTEN", environment)
        github = try GitHubConfig(environment)
        sweep = try Self.sweep(environment)
        pages = try PlanePages(environment)
        #if DEBUG
        testHooks = try environment.flag("PLANE_TEST_HOOKS")
        #endif
    }

    /// `GITHUB_SWEEP_SECONDS`; nil where sweeps are turned off.
    package static func sweep(_ environment: Environment) throws(Environment.Problem) -> Duration? {
        let pause = try environment.seconds("GITHUB_SWEEP_SECONDS", in: 0...86_400, default: .seconds(300))
        return pause == .zero ? nil : pause
    }

    private static func address(
        _ name: String,
        _ environment: Environment
    ) throws(Environment.Problem) -> ListenAddress? {
        guard let text = environment.string(name) else { return nil }
        do {
            return try ListenAddress(text)
        } catch {
            throw Environment.Problem("\(name): \(error)")
        }
    }
}
