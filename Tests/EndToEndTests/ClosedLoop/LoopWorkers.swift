import Foundation
import Synchronization
import TestSupport

/// The workers of a closed loop, one of which may be killed and started anew.
final class LoopWorkers: Sendable {
    private let database: TestDatabase
    private let settings: [String: String]
    private let workers = Mutex<[WorkerProgram]>([])

    init(_ database: TestDatabase, gitHub: String) {
        self.database = database
        settings = [
            "GITHUB_API_URL": gitHub, "GITHUB_TOKEN": "ghp_test", "GITHUB_SWEEP_SECONDS": "15", "WORKER_LEASE": "5",
            "WORKER_BACKOFF": "1", "LOG_LEVEL": "warning",
        ]
    }

    func start(_ count: Int) async throws {
        for _ in 0..<count {
            let worker = try await WorkerProgram(database, settings, ready: false)
            workers.withLock { $0.append(worker) }
        }
    }

    /// Kills a worker in the midst of its work, and starts another.
    func replaceOne() async throws {
        let worker = workers.withLock { $0.removeFirst() }
        worker.program.send(SIGKILL)
        _ = try await worker.program.wait()
        try await start(1)
    }

    /// Warnings and errors of those that live.
    var complaints: [String] {
        workers.withLock { $0.flatMap { $0.program.text.split(separator: "\n").map(String.init) } }
    }

    /// - Returns: the exit statuses.
    func stop() async throws -> [Int32] {
        var statuses: [Int32] = []
        for worker in workers.withLock({ $0 }) { statuses.append(try await worker.stop()) }
        return statuses
    }
}
