import Foundation
import Shared

/// A database of one test's own: Plane's schema, the demo workspace and our migrations, cloned from a template.
package struct TestDatabase: Sendable {
    package let name: String
    package let url: String

    /// A connection to it, opened when first used.
    package func connection(_ name: String = "test") -> Connection {
        Connection(DatabaseConfig(url: Secret(url), applicationName: name))
    }

    private static let gate = Gate(6)

    /// Runs `body` on a fresh database and drops it afterwards, whatever happens.
    package static func with<Value: Sendable>(
        _ body: @Sendable (TestDatabase) async throws -> Value
    ) async throws -> Value {
        await gate.enter()
        defer { gate.leave() }
        let maintenance = Connection(
            DatabaseConfig(url: Secret(try TestEnvironment.databaseURL), applicationName: "test")
        )
        let name = "test_\(UUID().text.replacing("-", with: "_"))"
        let database = TestDatabase(name: name, url: try address(of: name))
        try await maintenance.create(name, from: TestEnvironment.template)
        do {
            let value = try await body(database)
            try await maintenance.drop(name)
            return value
        } catch {
            try await maintenance.drop(name)
            throw error
        }
    }

    private static func address(of name: String) throws -> String {
        let maintenance = try TestEnvironment.databaseURL
        guard var parts = URLComponents(string: maintenance) else {
            throw Environment.Problem("TEST_DATABASE_URL cannot be read, expected postgres://user@host:port/postgres")
        }
        parts.path = "/\(name)"
        return parts.string ?? maintenance
    }
}

extension Connection {
    // Identifiers cannot be bound; these come from the test itself.
    fileprivate func create(_ name: String, from template: String) throws {
        try runScript("create database \(name) template \(template)", within: .seconds(60))
    }

    fileprivate func drop(_ name: String) throws {
        try runScript("drop database \(name) with (force)", within: .seconds(60))
    }
}
