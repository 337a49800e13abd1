import Base
import Database
import Foundation
import TestSupport
import Testing

/// A PostgreSQL that crashes and comes back while everything runs.
@Suite(.serialized) struct DatabaseFaultTests {
    @Test(.timeLimit(.minutes(15)))
    func `a database that crashes again and again costs no delivery and no process`() async throws {
        let crashes = TestEnvironment.includesFaults ? 5 : 2
        try await TestCluster.with { cluster in
            let database = try cluster.database()
            let bench = FaultBench(database: database, connection: database.connection())
            let rocket = SampleRepository.rocket
            _ = try await bench.connection.connectRepository(rocket.id, rocket.fullName)
            let spool = FileManager.default.temporaryDirectory.appending(path: "spool-\(UUID().text)")
            defer { try? FileManager.default.removeItem(at: spool) }
            let node = try await IngestProgram(database, ["INGEST_SPOOL_DIR": spool.path])
            let workers = [try await bench.worker(), try await bench.worker()]

            let load = FaultLoad(issues: Int64(crashes) * 40)
            let ledger = FaultLedger()
            let queue = SharedValue(load.deliveries[...])
            let pause = Duration.milliseconds(crashes * 4_000) / (load.deliveries.count / 4)
            try await withThrowingTaskGroup { senders in
                for _ in 1...4 {
                    senders.addTask {
                        while let next = queue.with({ $0.popFirst() }) {
                            try await ledger.deliver(next) { node }
                            try await Task.sleep(for: pause)
                        }
                    }
                }
                for _ in 1...crashes {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 500...1_500)))
                    try await cluster.stop(.immediate)
                    try await Task.sleep(for: .seconds(1.5))
                    try await cluster.start()
                }
                try await senders.waitForAll()
            }
            // Ours broke with the server: what asks now starts afresh.
            await bench.connection.close()
            try await bench.expectAllOnce(load)
            print("crashed database: \(crashes) crashes, \(ledger.text), the slowest 202 after \(ledger.slowest)")
            #expect(ledger.accepted.count == load.deliveries.count)
            #expect(ledger.refused == 0)
            #expect(node.program.isRunning)
            for worker in workers { #expect(worker.program.isRunning) }
            for worker in workers { #expect(try await worker.stop() == 0) }
            #expect(try await node.stop() == 0)
        }
    }
}
