import Base
import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// Recoveries through what GitHub's API may do for a while.
@Suite(.timeLimit(.minutes(10))) struct RecoverObstacleTests {
    private static let rocket = SampleRepository.rocket
    private static let obstacles = ["an end within the answer", "no JSON", "502", "the secondary limit without fields"]

    /// The list of the deliveries that failed, and the content of one of them, cannot be had at first.
    @Test(arguments: GitHubFault.all.filter { obstacles.contains($0.testDescription) })
    func `a recovery that meets a fault goes on afterwards`(_ fault: GitHubFault) async throws {
        let attempts = (1...Int64(3)).map { number in
            var sample = SampleDelivery()
            (sample.repositoryID, sample.repositoryName) = (Self.rocket.id, Self.rocket.fullName)
            (sample.issueID, sample.number) = (Self.rocket.id * 1_000 + number, number)
            return FakeHook.Attempt(
                id: 100 + number,
                guid: "lost-\(number)",
                age: 7_200 - Double(number),
                payload: sample.issue
            )
        }
        let hook = FakeHook(FakeHook.State(attempts: attempts))
        let met = Mutex<Set<String>>([])
        let handler: FakeServer.Handler = { request in
            let answer = hook.handler(request)
            let isObstacle =
                (request.path.hasSuffix("/deliveries") || request.path.hasSuffix("/deliveries/102"))
                && met.withLock { $0.insert(request.path).inserted }
            return isObstacle ? fault.reaction(request, answer) : answer
        }
        try await FakeServer.run(handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
                let words = ["recover", "--repository", Self.rocket.fullName, "--no-wait"]
                #expect(try await CommandsRun.worker(words, on: database).status == 0)
                let settings = [
                    "GITHUB_API_URL": server.origin, "GITHUB_TOKEN": "ghp_test", "GITHUB_SWEEP_SECONDS": "0",
                ]
                let worker = try await WorkerProgram(database, settings)
                let watch = try #require(try await JobWatch.end(of: connection), "\(worker.program.text.suffix(2000))")
                #expect(watch.status == "completed", "\(watch)")
                #expect(watch.errors.allSatisfy { $0.hasPrefix(fault.words ?? "nothing") }, "\(watch)")
                #expect(!watch.errors.isEmpty && (watch.retries == 0) == fault.isLimit, "\(watch)")
                #expect(try await eventually { try await connection.isDrained() })
                #expect(try await connection.numbers() == [1, 2, 3])
                #expect(hook.now.redelivered == [])
                #expect(!worker.program.text.contains("ghp_"))
                #expect(try await worker.stop() == 0)
            }
        }
    }
}
