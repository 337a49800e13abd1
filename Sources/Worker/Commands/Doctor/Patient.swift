import Base
import Database
import Foundation

/// What `doctor` examines.
actor Patient {
    nonisolated let environment: Environment
    nonisolated let variables: [String: String]
    /// As it was asked for; nil: from `INGEST_LISTEN`.
    nonisolated let endpoint: HTTPAddress?
    /// A connection to a database that answered; nil until then.
    private(set) var reachable: Connection?

    init(_ environment: Environment, variables: [String: String], endpoint: HTTPAddress?) {
        self.environment = environment
        self.variables = variables
        self.endpoint = endpoint
    }

    /// Whether the database answers, how fast, and who could listen on the way.
    func databaseFindings() async -> [Finding] {
        do {
            let connection = Connection(try environment.database(applicationName: "plane-worker doctor"))
            let findings = try await connection.accessFindings()
            reachable = connection
            return findings
        } catch let error as DatabaseError {
            return [.failed(Program.description(of: error), "check DATABASE_URL, the server and the way to it")]
        } catch {
            return [.failed("\(error)", "set DATABASE_URL to the address of Plane's database")]
        }
    }
}
