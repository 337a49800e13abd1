import Base
import CPostgres
import Foundation

/// Owns one `PGconn`, in non-blocking pipeline mode from the start.
final class ConnectionHandle {
    let pointer: OpaquePointer
    /// Names of the statements prepared on this connection, by their text.
    var prepared: [String: String] = [:]
    /// Counts up: a name is never used twice on one connection.
    var preparedCount = 0
    /// What a transaction begins with; a pooler gives it any server connection, with somebody else's settings.
    let opening: [Query]
    /// False once an exchange broke off: what still comes of it would be taken for the answers to the next.
    var isInStep = true

    init(_ config: DatabaseConfig) throws {
        let session = SessionSettings(config)
        let pointer = Self.connect(Self.settings(config))
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
        let begin: Query = "begin isolation level read committed"
        let settle = session.statement(isLocal: config.pooled, onVersion: PQserverVersion(pointer))
        opening = config.pooled ? [begin, settle] : [begin]
        guard !config.pooled else { return }
        // Once more: a pooler in session mode may drop options, and libpq sends PGDATESTYLE and PGTZ after them.
        _ = try exchange([settle], prepare: false, deadline: .now + config.connectTimeout)
    }

    static func settings(_ config: DatabaseConfig) -> [(String, String)] {
        let settings = [
            ("fallback_application_name", config.applicationName),
            ("connect_timeout", String(max(2, Int(config.connectTimeout / .seconds(1))))),
            ("keepalives_idle", "15"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "20000"),
            ("dbname", config.url.reveal()),
            ("client_encoding", "UTF8"),
        ]
        // Behind a pooler each transaction sets them for itself.
        guard !config.pooled else { return settings }
        let options = SessionSettings(config).startupOptions(after: SessionSettings.optionsOfUser(in: config.url))
        return settings + [("options", options)]
    }

    deinit { PQfinish(pointer) }

    var lastMessage: String { Self.message(of: pointer) }

    private static func connect(_ settings: [(String, String)]) -> OpaquePointer? {
        withPointers(to: settings) { PQconnectdbParams($0, $1, 1) }
    }

    /// Reads all that libpq needs to connect, and begins it.
    static func begin(_ settings: [(String, String)]) -> OpaquePointer? {
        withPointers(to: settings) { PQconnectStartParams($0, $1, 1) }
    }

    private typealias Words = [UnsafePointer<CChar>?]

    private static func withPointers(
        to settings: [(String, String)],
        _ body: (_ keys: Words, _ values: Words) -> OpaquePointer?
    ) -> OpaquePointer? {
        let keys = settings.map { strdup($0.0) }
        let values = settings.map { strdup($0.1) }
        defer { (keys + values).forEach { free($0) } }
        return body(keys.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil])
    }

    private static func message(of pointer: OpaquePointer) -> String {
        String(cString: PQerrorMessage(pointer))
            .split(whereSeparator: \.isNewline)
            .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            .joined(separator: "; ")
    }
}
