import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsRunTests {
    @Test func `SIGTERM ends the work in an orderly way`() async throws {
        try await TestDatabase.with { database in
            let url = database.url(as: .worker)
            let program = try TestProgram("plane-worker", ["run"], environment: ["DATABASE_URL": url])
            _ = try await program.waitForOutput("\"working\"")
            program.send(SIGTERM)
            #expect(try await program.wait() == 0)
        }
    }

    @Test(arguments: [("LOG_LEVEL", "loud"), ("DATABASE_POOLED", "maybe")])
    func `a setting that cannot be used is named, with status 2`(_ variable: String, _ value: String) async throws {
        try await TestDatabase.with { database in
            let run = try await CommandsRun.worker(["run"], on: database, environment: [variable: value])
            #expect(run.status == 2)
            #expect(run.errors.hasPrefix("plane-worker: \(variable) is '\(value)', expected "))
        }
    }
}
