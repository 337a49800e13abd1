import Foundation
import TestSupport
import Testing

/// Services that start with an address at which no waiting helps.
@Suite(.enabled(if: TestEnvironment.includesFaults, "TEST_FAULTS is not set"))
struct LoginRefusedFaultTests {
    @Test func `a service says it, waits a while and ends with status 1`() async throws {
        try await TestDatabase.with { database in
            try await withThrowingTaskGroup { group in
                for (words, mistake) in [
                    (["plane-worker", "run"], 0), (["plane-worker", "dashboard"], 1), (["plane-ingest"], 0),
                ] {
                    group.addTask { try await Self.expectEnd(of: words, at: database.wrongURLs(as: .worker)[mistake]) }
                }
                try await group.waitForAll()
            }
        }
    }

    private static func expectEnd(of words: [String], at wrong: (url: String, advice: String)) async throws {
        let program = try TestProgram(
            words[0],
            Array(words.dropFirst()),
            environment: [
                "DATABASE_URL": wrong.url, "GITHUB_WEBHOOK_SECRET": "s", "INGEST_LISTEN": "127.0.0.1:0",
                "DASHBOARD_LISTEN": "127.0.0.1:0",
            ]
        )
        let start = ContinuousClock.now
        #expect(try await program.said(wrong.advice))
        #expect(program.isRunning)
        #expect(try await program.wait(within: .seconds(120)) == 1)
        #expect(ContinuousClock.now - start > .seconds(50))
        #expect(program.text.contains("cannot go on"))
    }

    @Test func `plane-ingest goes on where its spool holds a delivery`() async throws {
        try await TestDatabase.with { database in
            let settings = ["DATABASE_URL": try database.wrongURLs(as: .ingest)[1].url]
            try await IngestProgram.withSpool { spool in
                let ingest = try await IngestProgram.start(database, spool: spool, settings)
                #expect(try await ingest.deliver(SampleDelivery().issue).status == 202)
                try await Task.sleep(for: .seconds(75))
                #expect(ingest.program.isRunning)
            }
        }
    }
}
