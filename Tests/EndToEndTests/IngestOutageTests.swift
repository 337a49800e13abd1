import Database
import Foundation
import TestSupport
import Testing

/// A PostgreSQL server that is stopped, killed, frozen and started again under load.
@Suite(.serialized, .timeLimit(.minutes(15))) struct IngestOutageTests {
    private static let manyRounds = TestEnvironment.includesFaults

    @Test func `with a spool no delivery is refused while the server is down, and each is stored once`() async throws {
        try await Self.withCluster { cluster, database, spool in
            let ingest = try await IngestProgram.start(database, spool: spool)
            let load = IngestLoad("load")
            let sending = load.run(to: ingest.port)
            try await load.waitForPromises(200)
            try await cluster.stop(.immediate)
            try await load.waitForPromises(400)
            #expect(try await ingest.spooled("records") > 0)
            #expect(try await TestHTTP(port: ingest.port).send("GET", "/readyz").status == 200)
            try await cluster.start()
            #expect(try await ingest.waitForDrain())
            try await load.waitForPromises(200)
            load.stop()
            await sending.value
            #expect(try await ingest.waitForDrain())

            #expect(Set(load.statuses.keys) == [202])
            try await IngestLoad.expectKept([load], in: database.connection())
            let appended = try await ingest.spooled("appended_total")
            #expect(try await ingest.spooled("drained_total") == appended)
            #expect(ingest.program.text.components(separatedBy: "deliveries go to the spool").count == 2)
            #expect(try await ingest.program.said("\"the spool is drained\""))
            #expect(try FileManager.default.contentsOfDirectory(atPath: spool) == ["lock"])
            print("server stopped under load: \(load.promised.count) answered 202, \(appended) by way of the spool")
            #expect(try await ingest.stop() == 0)
        }
    }

    @Test func `kill -9 while the server is down, and while the spool is drained, loses nothing that got its 202`()
        async throws
    {
        try await Self.withCluster { cluster, database, spool in
            var loads: [IngestLoad] = []
            func killUnderLoad(_ name: String, _ range: ClosedRange<Int>) async throws {
                let ingest = try await IngestProgram.start(database, spool: spool, ["INGEST_SPOOL_AFTER": "0.1"])
                let load = IngestLoad(name, padding: 3_000)
                loads.append(load)
                let sending = load.run(to: ingest.port)
                // Not a wait for something: the moment is what is tried.
                try await Task.sleep(for: .milliseconds(Int.random(in: range)))
                ingest.program.send(SIGKILL)
                _ = try await ingest.program.wait()
                await sending.value
            }

            let rounds = Self.manyRounds ? 20 : 5
            try await cluster.stop(.immediate)
            for round in 1...rounds { try await killUnderLoad("down\(round)", 250...900) }
            let spooled = loads.map(\.promised.count).reduce(0, +)
            #expect(spooled > 10 * rounds)
            try await cluster.start()
            for round in 1...rounds { try await killUnderLoad("up\(round)", 0...250) }

            let last = try await IngestProgram.start(database, spool: spool)
            #expect(try await last.waitForDrain())
            try await IngestLoad.expectKept(loads, in: database.connection())
            let torn = loads.count { $0.promised.isEmpty }
            print(
                """
                \(2 * rounds) times kill -9: \(loads.map(\.promised.count).reduce(0, +)) answered 202, \
                \(spooled) of them with the server down; \(torn) rounds ended before the first
                """
            )
            #expect(try await last.stop() == 0)
        }
    }

    @Test func `a server that is down at the start is made up for later`() async throws {
        try await Self.withCluster { cluster, database, spool in
            try await cluster.stop(.immediate)
            let ingest = try await IngestProgram.start(database, spool: spool)
            for number in 1...5 {
                let response = try await ingest.deliver(SampleDelivery().issue, id: "early-0-\(number)")
                #expect(response.status == 202)
            }
            var stranger = SampleDelivery()
            stranger.repositoryID = 1
            #expect(try await ingest.deliver(stranger.issue, id: "stranger").status == 202)
            #expect(try await ingest.spooled("records") == 6)
            try await cluster.start()
            #expect(try await ingest.waitForDrain())
            let stored = try await database.connection().storedEvents()
            #expect(stored.map(\.deliveryID) == (1...5).map { "early-0-\($0)" })
            #expect(stored.allSatisfy { $0.syncID != nil && $0.repositoryName == "acme-labs/rocket" })
            #expect(try await ingest.spooled("dropped_total") == 1)
            #expect(try await ingest.program.said("its repository is not connected"))
            #expect(try await ingest.deliver(stranger.issue).status == 404)
            #expect(try await ingest.stop() == 0)
        }
    }

    @Test func `a server that hangs is gone around in time, and what it did all the same counts once`() async throws {
        try await Self.withCluster { cluster, database, spool in
            let ingest = try await IngestProgram.start(database, spool: spool)
            let load = IngestLoad("load")
            let sending = load.run(to: ingest.port)
            try await load.waitForPromises(100)
            cluster.setFrozen(true)
            try await load.waitForPromises(200)
            #expect(try await ingest.spooled("circuit_open") == 1)
            cluster.setFrozen(false)
            #expect(try await ingest.waitForDrain())
            load.stop()
            await sending.value
            #expect(try await ingest.waitForDrain())
            #expect(Set(load.statuses.keys) == [202])
            try await IngestLoad.expectKept([load], in: database.connection())
            print("server frozen under load: \(load.promised.count) answered 202")
            #expect(try await ingest.stop() == 0)
        }
    }

    @Test func `without a spool the answer is 503, and no 202 is wrong`() async throws {
        try await Self.withCluster { cluster, database, _ in
            let ingest = try await IngestProgram(database, ["INGEST_STORE_SECONDS": "0.5"])
            let load = IngestLoad("load")
            let sending = load.run(to: ingest.port)
            try await load.waitForPromises(200)
            try await cluster.stop(.immediate)
            #expect(try await eventually { load.statuses[503] ?? 0 >= 12 })
            #expect(try await TestHTTP(port: ingest.port).send("GET", "/readyz").status == 503)
            try await cluster.start()
            try await load.waitForPromises(200)
            load.stop()
            await sending.value
            #expect(Set(load.statuses.keys) == [202, 503])
            try await IngestLoad.expectKept([load], in: database.connection())
            print("no spool: \(load.statuses[202] ?? 0) answered 202, \(load.statuses[503] ?? 0) answered 503")
            #expect(try await ingest.stop() == 0)
        }
    }

    /// A cluster, a database where acme-labs/rocket is connected, and a place for a spool.
    private static func withCluster(
        _ body: @Sendable (TestCluster, TestDatabase, String) async throws -> Void
    ) async throws {
        try await TestCluster.with { cluster in
            let database = try cluster.database()
            let connection = database.connection()
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            await connection.close()
            try await IngestProgram.withSpool { spool in try await body(cluster, database, spool) }
        }
    }
}
