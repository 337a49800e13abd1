import Database
import Foundation
import TestSupport

/// A running plane-worker.
struct WorkerProgram: Sendable {
    let program: TestProgram

    /// Starts `plane-worker run` and waits until it works, unless told otherwise.
    init(_ database: TestDatabase, _ settings: [String: String] = [:], ready: Bool = true) async throws {
        try await self.init(url: database.url(as: .worker), settings, ready: ready)
    }

    init(url: String, _ settings: [String: String] = [:], ready: Bool = true) async throws {
        let base = ["DATABASE_URL": url, "WORKER_CONCURRENCY": "2"]
        program = try TestProgram("plane-worker", ["run"], environment: base.merging(settings) { $1 })
        guard ready else { return }
        guard try await program.waitForOutput("\"working\"") else {
            throw TestHTTP.Broken(description: "plane-worker does not work: \(program.text)")
        }
    }

    /// The port of the metrics page, from the line that names it.
    var metricsPort: Int {
        get throws {
            let match = program.text.firstMatch(of: /"listen":"127\.0\.0\.1:([0-9]+)"/)
            guard let port = match.flatMap({ Int($0.output.1) }) else {
                throw TestHTTP.Broken(description: "plane-worker names no port: \(program.text)")
            }
            return port
        }
    }

    /// Asks the metrics port for something.
    func get(_ path: String, method: String = "GET") async throws -> TestHTTP.Response {
        try await TestHTTP(port: metricsPort).send(method, path)
    }

    /// The metrics page, after a strict look at its format.
    func metrics() async throws -> MetricsText {
        let response = try await get("/metrics")
        guard response.status == 200 else { throw TestHTTP.Broken(description: "/metrics: \(response.status)") }
        return MetricsText(response.body)
    }

    /// Stops the program as an operator does.
    /// - Returns: its exit status.
    func stop() async throws -> Int32 {
        program.send(SIGTERM)
        return try await program.wait(within: .seconds(30))
    }
}

extension Connection {
    /// How many events have each status.
    func statusCounts() throws -> [EventStatus: Int] {
        let rows = try run("select status, count(*) as n from github_sync.github_webhook_events group by status")
        return try rows.reduce(into: [:]) { counts, row in
            counts[try row.get("status")] = try row.get("n", as: Int.self)
        }
    }

    /// Whether every event is completed or failed.
    func isDrained() throws -> Bool {
        let counts = try statusCounts()
        return counts[.pending] == nil && counts[.processing] == nil
    }

    /// Live issues of all projects.
    func issueCount() throws -> Int {
        try run("select count(*) as n from public.issues where deleted_at is null")[0].get("n")
    }

    /// What failed, a line each.
    func failures() throws -> [String] {
        try run(
            """
            select event_type || ' ' || coalesce(action, '') || ': ' || error_message as failure
            from github_sync.github_webhook_events where status = 'failed'
            """
        ).map { try $0.get("failure") }
    }
}
