import Database
import Foundation
import TestSupport
import Testing

/// What somebody sets for the server, the database, a role or a user's session changes nothing that the programs do.
@Suite(.serialized) struct ServerSettingsTests {
    @Test(.timeLimit(.minutes(10)))
    func `the worst settings of a database, of the address and of the environment change nothing`() async throws {
        try await TestDatabase.with { database in
            let observer = database.connection()
            try await ServerSettings.apply(to: observer)
            let server = try TestEnvironment.server
            let direct = TestDatabase(
                name: database.name,
                on: server.at(server.hosts, options: ServerSettings.addressOptions)
            )
            let round = WholeRound(database: direct, observer: observer, environment: ServerSettings.environment)
            let problems = try await round.run()
            #expect(problems == [], "\(problems)")
            #expect(try await observer.outcome() == WholeRound.outcome)
            #expect(try await observer.failures() == [])
            // A disconnected repository keeps the rows of its issues, for the next connection.
            let broken = try await observer.brokenRules().filter { !$0.contains("github_issue_syncs") }
            #expect(broken == [], "\(broken)")
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a pooler in session mode that drops our options costs us none of them`() async throws {
        try await TestDatabase.with { database in
            try await TestPooler.with(try TestEnvironment.server, mode: .session) { pooler async throws in
                let connection = TestDatabase(name: database.name, on: pooler.address).connection()
                for (name, value) in [("search_path", "pg_catalog"), ("statement_timeout", "30s"), ("jit", "off")] {
                    #expect(try await connection.value("select current_setting(\(name)) as value") == value)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `nor do they through a pooler`() async throws {
        try await TestDatabase.with { database in
            let observer = database.connection()
            try await ServerSettings.apply(to: observer)
            try await TestPooler.with(try TestEnvironment.server) { pooler async throws in
                // PgBouncer refuses a client that brings options.
                var environment = ServerSettings.environment
                environment["PGOPTIONS"] = nil
                environment["PGGEQO"] = nil
                environment["DATABASE_POOLED"] = "true"
                let round = WholeRound(
                    database: TestDatabase(name: database.name, on: pooler.address),
                    observer: observer,
                    environment: environment
                )
                let problems = try await round.run()
                #expect(problems == [], "\(problems)")
            }
            #expect(try await observer.outcome() == WholeRound.outcome)
            #expect(try await observer.failures() == [])
            // A disconnected repository keeps the rows of its issues, for the next connection.
            let broken = try await observer.brokenRules().filter { !$0.contains("github_issue_syncs") }
            #expect(broken == [], "\(broken)")
        }
    }
}
