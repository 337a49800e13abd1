import Database
import Foundation

/// One thing `doctor` looks at.
struct Check: Sendable {
    let name: String
    private let look: Look

    private enum Look: Sendable {
        case here(@Sendable (Patient) async -> [Finding])
        case database(@Sendable (Patient, Connection) async throws -> [Finding])
    }

    static let all: [Check] = [
        Check("database", .here { await $0.databaseFindings() }),
        Check("server", .database { try await $1.serverFindings() }),
        Check("role", .database { try await $1.roleFindings() }),
        Check("schema", .database { try await $1.schemaFindings() }),
        Check("plane", .database { try await $1.planeFindings() }),
        Check("connections", .database { try await $1.connectionFindings() }),
        Check("bots", .database { try await $1.botFindings() }),
        Check("secret", .here { SecretCheck($0.variables).findings() }),
        Check("endpoint", .here { await EndpointCheck($0).findings() }),
        Check("clock", .database { try await $1.clockFindings() }),
        Check("disk", .here { await DiskCheck($0).findings() }),
        Check("workers", .database { try await $1.workerFindings() }),
        Check("queue", .database { try await $1.queueFindings() }),
        Check("failures", .database { try await $1.failureFindings() }),
        Check("vacuum", .database { try await $1.vacuumFindings() }),
        Check("prune", .database { try await $1.pruneFindings() }),
    ]

    private init(_ name: String, _ look: Look) {
        self.name = name
        self.look = look
    }

    func findings(in patient: Patient) async -> [Finding] {
        switch look {
        case .here(let look): return await look(patient)
        case .database(let look):
            guard let connection = await patient.reachable else { return [.notChecked("the database is away")] }
            do {
                return try await look(patient, connection)
            } catch let error as DatabaseError {
                return [Self.finding(for: error)]
            } catch {
                return [.notChecked("\(error)")]
            }
        }
    }

    private static func finding(for error: DatabaseError) -> Finding {
        switch error.sqlState {
        case "42501":
            .notChecked(
                "the role lacks a right (\(error.message))",
                "use a role of plane_sync_admin, see sql/roles.sql"
            )
        case "42P01", "42703", "42883", "3F000":
            .notChecked("the schema is not the one this program knows (\(error.message))")
        default: .notChecked("\(error)")
        }
    }
}
