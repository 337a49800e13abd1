import CPostgres
import Foundation

/// Owns one `PGconn`, in non-blocking pipeline mode from the start.
final class ConnectionHandle {
    let pointer: OpaquePointer
    /// Names of the statements prepared on this connection, by their text.
    var prepared: [String: String] = [:]
    /// Counts up: a name is never used twice on one connection.
    var preparedCount = 0

    init(_ config: DatabaseConfig) throws {
        var settings: [(String, String)] = [
            ("fallback_application_name", config.applicationName),
            ("connect_timeout", String(max(2, Int(config.connectTimeout / .seconds(1))))),
            ("keepalives_idle", "15"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "20000"),
            ("dbname", config.url.reveal()),
            ("client_encoding", "UTF8"),
        ]
        if !config.pooled {
            let limit = Int(config.statementTimeout / .milliseconds(1))
            // Compiling a statement takes longer than any of ours, and is done anew for each run.
            var options = "-c statement_timeout=\(limit) -c idle_in_transaction_session_timeout=60000 -c jit=off"
            // A pooled connection cannot have it and does not need it: it keeps no plans.
            if config.prefersIndexes { options += " -c enable_seqscan=off" }
            settings.insert(("options", options), at: 0)
        }
        let pointer = Self.connect(settings)
        guard let pointer else {
            throw DatabaseError(.connectionLost, message: "libpq is out of memory", statement: "connect")
        }
        guard PQstatus(pointer) == CONNECTION_OK else {
            let message = Self.message(of: pointer)
            PQfinish(pointer)
            throw DatabaseError(.connectionLost, message: message, statement: "connect")
        }
        PQsetNoticeProcessor(pointer, { _, _ in }, nil)
        guard PQsetnonblocking(pointer, 1) == 0, PQenterPipelineMode(pointer) == 1 else {
            PQfinish(pointer)
            throw DatabaseError(.connectionLost, message: "pipeline mode is not available", statement: "connect")
        }
        self.pointer = pointer
    }

    deinit { PQfinish(pointer) }

    var lastMessage: String { Self.message(of: pointer) }

    private static func connect(_ settings: [(String, String)]) -> OpaquePointer? {
        let keys = settings.map { strdup($0.0) }
        let values = settings.map { strdup($0.1) }
        defer { (keys + values).forEach { free($0) } }
        let keyPointers = keys.map { UnsafePointer($0) } + [nil]
        let valuePointers = values.map { UnsafePointer($0) } + [nil]
        return PQconnectdbParams(keyPointers, valuePointers, 1)
    }

    private static func message(of pointer: OpaquePointer) -> String {
        String(cString: PQerrorMessage(pointer))
            .split(whereSeparator: \.isNewline)
            .joined(separator: "; ")
    }
}
