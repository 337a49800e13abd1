import Database

/// One thing that `doctor` looks at and that the database alone tells.
package struct DatabaseCheck: Sendable {
    package let name: String
    private let look: @Sendable (Connection) async throws -> [Finding]

    package static let server = DatabaseCheck("server") { try await $0.serverFindings() }
    package static let schema = DatabaseCheck("schema") { try await $0.schemaFindings() }
    package static let plane = DatabaseCheck("plane") { try await $0.planeFindings() }
    package static let connections = DatabaseCheck("connections") {
        try await $0.connectionFindings()
    }
    package static let bots = DatabaseCheck("bots") { try await $0.botFindings() }
    package static let ingest = DatabaseCheck("ingest") { try await $0.ingestFindings() }
    package static let outbound = DatabaseCheck("outbound") { try await $0.outboundFindings() }
    package static let clock = DatabaseCheck("clock") { try await $0.clockFindings() }
    package static let workers = DatabaseCheck("workers") { try await $0.workerFindings() }
    package static let queue = DatabaseCheck("queue") { try await $0.queueFindings() }
    package static let failures = DatabaseCheck("failures") { try await $0.failureFindings() }
    package static let vacuum = DatabaseCheck("vacuum") { try await $0.vacuumFindings() }
    package static let prune = DatabaseCheck("prune") { try await $0.pruneFindings() }

    /// In the order in which they are shown.
    package static let all = [
        server, schema, plane, connections, bots, ingest, outbound, clock, workers, queue, failures,
        vacuum, prune,
    ]

    private init(_ name: String, _ look: @escaping @Sendable (Connection) async throws -> [Finding]) {
        self.name = name
        self.look = look
    }

    /// - Throws: `DatabaseError` when the database does not answer; what else keeps it from looking is a finding.
    package func findings(over connection: Connection) async throws -> [Finding] {
        do {
            return try await look(connection)
        } catch let error as DatabaseError where error.cause == .unavailable {
            throw error
        } catch {
            return [.notChecked(error)]
        }
    }
}

extension Finding {
    /// Why a check could not be made.
    package static func notChecked(_ error: any Error) -> Finding {
        guard let error = error as? DatabaseError else { return .notChecked("\(error)") }
        return switch error.sqlState {
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
