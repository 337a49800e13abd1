import Database
import Foundation
import TestSupport
import Testing

/// What the stream tells those who look.
@Suite struct DashboardLiveTests {
    /// Reads the stream until `condition` holds for all that came.
    private static func read(
        _ client: TestHTTP,
        until condition: (String) -> Bool
    ) async throws -> String {
        var text = ""
        let end = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < end, !condition(text) {
            let bytes = try await client.readSome()
            guard !bytes.isEmpty else { return text }
            text += String(decoding: bytes, as: UTF8.self)
        }
        return text
    }

    @Test(.timeLimit(.minutes(15)))
    func `whoever looks is told everything, and then what is new`() async throws {
        try await TestDatabase.with { database in
            let dashboard = try await DashboardProgram(database)
            let client = try TestHTTP(port: dashboard.port)
            try await client.write(Array("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
            let first = try await Self.read(client) { $0.contains(#""id":"arrived""#) }
            #expect(first.hasPrefix("HTTP/1.1 200 OK"))
            #expect(first.contains("Content-Type: text/event-stream"))
            #expect(first.contains("retry: 2000\n\n"))
            for id in ["state", "sentence", "figures", "hour", "latest", "queue", "latency", "workers", "nodes"] {
                #expect(first.contains(#"data: {"id":"\#(id)","html":"#), "\(id)")
            }
            let seed = CommandsSeed()
            try await database.connection().insert(seed)
            let later = try await Self.read(client) { $0.contains(seed.id.uuidString.lowercased()) }
            #expect(later.contains("1 event waits"))
            #expect(!later.contains(#""id":"workers""#))
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a database that is away is said, and so is its return`() async throws {
        try await TestDatabase.with { database in
            let dashboard = try await DashboardProgram(database)
            let client = try TestHTTP(port: dashboard.port)
            try await client.write(Array("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
            _ = try await Self.read(client) { $0.contains(#""id":"arrived""#) }
            try await Connection.maintenance.setAvailable(false, database.name)
            let away = try await Self.read(client) { $0.contains("The database does not answer.") }
            #expect(away.contains(#"{"id":"sentence""#))
            #expect(away.contains("What you see is older."))
            #expect(try await dashboard.get("/events").status == 503)
            #expect(try await dashboard.get("/readyz").status == 503)
            #expect(try await dashboard.get("/healthz").status == 200)
            try await Connection.maintenance.setAvailable(true, database.name)
            let back = try await Self.read(client) { $0.contains("Nothing waits") }
            #expect(back.contains(#"{"id":"sentence""#))
            #expect(try await eventually { try await dashboard.get("/events").status == 200 })
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `the same messages come over a WebSocket, but not to pages of others`() async throws {
        try await TestDatabase.with { database in
            let dashboard = try await DashboardProgram(database)
            let handshake = [
                ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ]
            func open(_ fields: [(String, String)]) async throws -> TestHTTP {
                let client = try TestHTTP(port: dashboard.port)
                let lines = (handshake + fields).map { "\($0.0): \($0.1)\r\n" }.joined()
                try await client.write(Array("GET /live HTTP/1.1\r\nHost: localhost\r\n\(lines)\r\n".utf8))
                return client
            }
            for fields in [[], [("Origin", "http://localhost")]] {
                let text = try await Self.read(open(fields)) { $0.contains(#"{"id":"arrived""#) }
                #expect(text.hasPrefix("HTTP/1.1 101"))
                #expect(text.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
                #expect(text.contains(#"{"id":"sentence","html":"#))
            }
            for origin in ["http://evil.example", "null", "https://localhost"] {
                #expect(try await open([("Origin", origin)]).read().status == 403, "\(origin)")
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a stop ends the streams, and the program ends well`() async throws {
        try await TestDatabase.with { database in
            let dashboard = try await DashboardProgram(database)
            let client = try TestHTTP(port: dashboard.port)
            try await client.write(Array("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
            _ = try await Self.read(client) { $0.contains(#""id":"arrived""#) }
            #expect(try await dashboard.stop() == 0)
            _ = try await Self.read(client) { _ in false }
        }
    }
}
