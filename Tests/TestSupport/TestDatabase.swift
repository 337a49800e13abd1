import Base
import Database
import Foundation

/// A database of one test's own: Plane's schema, the demo workspace and our migrations, cloned from a template.
package struct TestDatabase: Sendable {
    package let name: String
    private let server: TestServerAddress

    /// A database of this name, whether or not there is one.
    package init(name: String, on server: TestServerAddress) {
        self.name = name
        self.server = server
    }

    /// Its address for the role that owns Plane's tables.
    package var url: String { url(as: .plane) }

    package func url(as role: TestRole) -> String { server.url(of: name, as: role) }

    /// Addresses at which the server lets nobody in, with what a program must say about each.
    package func wrongURLs(as role: TestRole) throws -> [(url: String, advice: String)] {
        var password = URLComponents(string: url(as: role)) ?? URLComponents()
        password.password = "hunter2"
        return [
            (password.url?.absoluteString ?? "", "check user and password in DATABASE_URL"),
            (server.url(of: "nowhere", as: role), "check the name of the database in DATABASE_URL"),
        ]
    }

    /// A connection to it, opened when first used.
    package func connection(_ name: String = "test", as role: TestRole = .plane) -> Connection {
        Connection(DatabaseConfig(url: Secret(url(as: role)), applicationName: name))
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
        let database = TestDatabase(
            name: "test_\(UUID().text.replacing("-", with: "_"))",
            on: try TestEnvironment.server
        )
        try await maintenance.create(database.name, from: TestEnvironment.template)
        do {
            let value = try await body(database)
            try await maintenance.drop(database.name)
            return value
        } catch {
            try await maintenance.drop(database.name)
            throw error
        }
    }
}

extension Connection {
    // Identifiers cannot be bound; these come from the test itself.
    fileprivate func create(_ name: String, from template: String) throws {
        try runScript(
            "create database \(name) template \(template) owner \(TestRole.plane.login)",
            within: .seconds(60)
        )
    }

    fileprivate func drop(_ name: String) throws {
        try runScript("drop database \(name) with (force)", within: .seconds(60))
    }
}
