import Base
import Database
import Foundation
import Synchronization
import TestSupport

/// A running plane-ingest, on a port of its own.
final class IngestProgram: Sendable {
    static let secret = "It's a Secret to Everybody"
    static let path = "/api/webhooks/github-mcp/"

    let program: TestProgram
    let port: Int
    let database: TestDatabase
    /// When the metrics were looked at last.
    private let lastLook = Mutex<ContinuousClock.Instant?>(nil)

    /// Starts the program and waits until it can store deliveries, unless told otherwise.
    init(_ database: TestDatabase, _ settings: [String: String] = [:], ready: Bool = true) async throws {
        let base = [
            "DATABASE_URL": database.url(as: .ingest),
            "GITHUB_WEBHOOK_SECRET": Self.secret,
            "INGEST_LISTEN": "127.0.0.1:0",
            "INGEST_LOOPS": "2",
            "INGEST_REPOSITORY_CACHE": "0.2",
        ]
        let program = try TestProgram("plane-ingest", environment: base.merging(settings) { $1 })
        guard try await program.waitForOutput("\"listening\""), let port = Self.port(in: program.text) else {
            throw TestHTTP.Broken(description: "plane-ingest does not listen: \(program.text)")
        }
        self.program = program
        self.port = port
        self.database = database
        guard ready else { return }
        let isReady = try await eventually { try await TestHTTP(port: port).send("GET", "/readyz").status == 200 }
        guard isReady else { throw TestHTTP.Broken(description: "plane-ingest is not ready: \(program.text)") }
    }

    private static func port(in output: String) -> Int? {
        output.firstMatch(of: /"listen":"127\.0\.0\.1:([0-9]+)"/).flatMap { Int($0.output.1) }
    }

    /// The fields of a correctly signed delivery.
    static func fields(
        _ body: [UInt8],
        event: String = "issues",
        id: String = UUID().text,
        type: String = "application/json",
        secret: String = secret
    ) -> [(String, String)] {
        [
            ("Content-Type", type), ("X-GitHub-Event", event), ("X-GitHub-Delivery", id),
            ("X-Hub-Signature-256", signature(of: body, secret: secret)),
        ]
    }

    /// Sends a correctly signed delivery over a connection of its own.
    func deliver(
        _ body: String,
        event: String = "issues",
        id: String = UUID().text,
        type: String = "application/json",
        secret: String = secret,
        path: String = path
    ) async throws -> TestHTTP.Response {
        let bytes = Array(body.utf8)
        let fields = Self.fields(bytes, event: event, id: id, type: type, secret: secret)
        return try await TestHTTP(port: port).send("POST", path, fields, body: bytes)
    }

    /// The metrics as they are now: the program makes their page once a second.
    func metrics() async throws -> String {
        if let last = lastLook.withLock({ $0 }) {
            try await Task.sleep(until: last + .milliseconds(1_050), clock: .continuous)
        }
        let page = try await TestHTTP(port: port).send("GET", "/metrics").body
        lastLook.withLock { $0 = .now }
        return page
    }

    /// The value of one line of the metrics page.
    func metric(_ line: String) async throws -> Double? {
        let page = try await metrics()
        return page.split(separator: "\n").first { $0.hasPrefix("\(line) ") }.flatMap {
            Double($0.dropFirst(line.count + 1))
        }
    }

    /// Stops the program as an operator does.
    /// - Returns: its exit status.
    func stop() async throws -> Int32 {
        program.send(SIGTERM)
        return try await program.wait(within: .seconds(15))
    }

    /// Runs `body` with a program on a fresh database where acme-labs/rocket is connected.
    static func with(
        _ settings: [String: String] = [:],
        _ body: @Sendable (IngestProgram, Connection) async throws -> Void
    ) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            let ingest = try await IngestProgram(database, settings)
            try await body(ingest, connection)
        }
    }
}

extension TestProgram {
    /// Resident memory in kB: now, and the most it has held so far.
    var memory: (now: Int, peak: Int) {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            let now = status.firstMatch(of: /VmRSS:\s*([0-9]+) kB/).flatMap { Int($0.output.1) }
            let peak = status.firstMatch(of: /VmHWM:\s*([0-9]+) kB/).flatMap { Int($0.output.1) }
            return (now ?? .max, peak ?? .max)
        }
    }

    /// Whether the program printed these words, or what it printed before its end still comes.
    func said(_ words: String) async throws -> Bool {
        try await eventually(within: .seconds(5)) { self.text.contains(words) }
    }
}

/// A stored delivery.
struct StoredEvent: RowDecodable, Equatable {
    let id: UUID
    let deliveryID: String
    let event: String
    let action: String?
    let status: EventStatus
    let retries: Int
    let crashes: Int
    let repositoryID: Int64?
    let repositoryName: String?
    let syncID: UUID?
    let payload: String
    let error: String?
    let isProcessed: Bool

    init(row: Row) throws {
        id = try row.get("id")
        deliveryID = try row.get("delivery_id")
        event = try row.get("event_type")
        action = try row.getIfPresent("action")
        status = try row.get("status")
        retries = try row.get("retry_count")
        crashes = try row.get("crash_count")
        repositoryID = try row.getIfPresent("repository_id")
        repositoryName = try row.getIfPresent("repository_name")
        syncID = try row.getIfPresent("repository_sync_id")
        payload = try row.get("payload")
        error = try row.getIfPresent("error_message")
        isProcessed = try row.get("is_processed")
    }
}

extension Connection {
    /// All stored deliveries, in the order of receipt.
    func storedEvents() throws -> [StoredEvent] {
        try run(
            "select *, processed_at is not null as is_processed from github_sync.github_webhook_events order by id",
            as: StoredEvent.self
        )
    }

    /// Runs a statement whose rows do not matter.
    func execute(_ query: Query) throws {
        try run(query)
    }
}
