import Base
import Foundation
import TestSupport

extension IngestProgram {
    /// Starts a program with this spool, or waits no longer than usual for one that fails to.
    static func start(
        _ database: TestDatabase,
        spool: String,
        _ settings: [String: String] = [:]
    ) async throws -> IngestProgram {
        let base = ["INGEST_SPOOL_DIR": spool, "INGEST_SPOOL_AFTER": "0.5"]
        return try await IngestProgram(database, base.merging(settings) { $1 })
    }

    /// Waits until deliveries go to the database again and nothing is left in the spool.
    func waitForDrain() async throws -> Bool {
        try await eventually(within: .seconds(30)) {
            let waiting = try await self.metric("plane_ingest_spool_records")
            let isOpen = try await self.metric("plane_ingest_spool_circuit_open")
            return waiting == 0 && isOpen == 0
        }
    }

    /// One of the spool's metrics, by its name behind `plane_ingest_spool_`.
    func spooled(_ name: String) async throws -> Int {
        Int(try await metric("plane_ingest_spool_\(name)") ?? -1)
    }

    /// Runs `body` with a place for a spool where nothing is yet.
    static func withSpool(_ body: @Sendable (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "spool-\(UUID().text)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }
}
