import Base
import Database
import Foundation
import Inspect

/// One thing `doctor` looks at.
struct Check: Sendable {
    let name: String
    private let look: Look

    private enum Look: Sendable {
        case here(@Sendable (Installation) async -> [Finding])
        case database(@Sendable (Installation, Connection) async throws -> [Finding])
    }

    static let all: [Check] = [
        Check("database", .here { await $0.databaseFindings() }),
        Check(.server),
        Check("role", .database { try await $1.roleFindings() }),
        Check(.schema),
        Check(.plane),
        Check(.connections),
        Check(.bots),
        Check("secret", .here { SecretCheck($0.variables).findings() }),
        Check("endpoint", .here { await EndpointCheck($0).findings() }),
        Check(.ingest),
        Check("github", .database { try await GitHubCheck.findings(of: $0, $1) }),
        Check("outbound", .database { try await OutboundCheck.findings(of: $0, $1) }),
        Check("mcp", .here { await MCPCheck.findings(of: $0) }),
        Check(.clock),
        Check("disk", .here { await DiskCheck($0).findings() }),
        Check(.workers),
        Check(.queue),
        Check(.failures),
        Check(.vacuum),
        Check(.prune),
    ]

    private init(_ name: String, _ look: Look) {
        self.name = name
        self.look = look
    }

    private init(_ check: DatabaseCheck) {
        self.init(check.name, .database { try await check.findings(over: $1) })
    }

    func findings(of installation: Installation) async -> [Finding] {
        switch look {
        case .here(let look): return await look(installation)
        case .database(let look):
            guard let connection = await installation.reachable else { return [.notChecked("the database is away")] }
            do {
                return try await look(installation, connection)
            } catch {
                return [.notChecked(error)]
            }
        }
    }
}

/// What `doctor` looks at: this environment, and the database once it is known to answer.
actor Installation {
    nonisolated let environment: Environment
    nonisolated let variables: [String: String]
    /// The address given with `--endpoint`; nil: that of `INGEST_LISTEN`.
    nonisolated let endpoint: HTTPAddress?
    /// A connection to a database that answered; nil until then.
    private(set) var reachable: Connection?

    init(_ environment: Environment, variables: [String: String], endpoint: HTTPAddress?) {
        self.environment = environment
        self.variables = variables
        self.endpoint = endpoint
    }

    /// Checks whether the database answers, how fast, and whether the connection is encrypted.
    func databaseFindings() async -> [Finding] {
        do {
            let connection = Connection(try environment.database(applicationName: "plane-worker doctor"))
            let findings = try await connection.accessFindings()
            reachable = connection
            return findings
        } catch let error as DatabaseError {
            let problem = Program.description(of: error, in: DoctorCommand.help)
            return [.failed(problem, "check DATABASE_URL, the server and the way to it")]
        } catch {
            return [.failed("\(error)", "set DATABASE_URL to the address of Plane's database")]
        }
    }
}
