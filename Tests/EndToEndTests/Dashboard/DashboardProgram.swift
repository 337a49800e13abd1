import Foundation
import TestSupport

/// A running plane-worker dashboard.
struct DashboardProgram: Sendable {
    static let secret = "3f8a91c2d4e5b60718293a4b5c6d7e8f"
    static let users = ["vera:viewer:\(secret)0", "oscar:operator:\(secret)1", "ada:admin:\(secret)2"]

    let program: TestProgram
    let port: Int

    /// Starts `plane-worker dashboard` and waits until it shows pages.
    init(_ database: TestDatabase, as role: TestRole = .worker, _ settings: [String: String] = [:]) async throws {
        let base = ["DATABASE_URL": database.url(as: role), "DASHBOARD_LISTEN": "127.0.0.1:0"]
        program = try TestProgram("plane-worker", ["dashboard"], environment: base.merging(settings) { $1 })
        guard try await program.waitForOutput("\"listening\"") else {
            throw TestHTTP.Broken(description: "plane-worker dashboard does not listen: \(program.text)")
        }
        let match = program.text.firstMatch(of: /"listen":"127\.0\.0\.1:([0-9]+)"/)
        guard let port = match.flatMap({ Int($0.output.1) }) else {
            throw TestHTTP.Broken(description: "plane-worker dashboard names no port: \(program.text)")
        }
        self.port = port
        let isReady = try await eventually { try await TestHTTP(port: port).send("GET", "/readyz").status == 200 }
        guard isReady else { throw TestHTTP.Broken(description: "not ready: \(program.text)") }
    }

    /// The same with users who may sign in, and with what they may do turned on.
    static func withUsers(
        _ database: TestDatabase,
        as role: TestRole = .worker,
        _ settings: [String: String] = [:],
        _ body: (DashboardProgram) async throws -> Void
    ) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "users-\(UUID().uuidString)")
        let text = Data((users.joined(separator: "\n") + "\n").utf8)
        let made = FileManager.default.createFile(
            atPath: file.path,
            contents: text,
            attributes: [.posixPermissions: 0o600]
        )
        guard made else { throw CocoaError(.fileWriteUnknown) }
        defer { try? FileManager.default.removeItem(at: file) }
        let base = ["DASHBOARD_USERS_FILE": file.path, "DASHBOARD_ACTIONS": "true"]
        try await body(DashboardProgram(database, as: role, base.merging(settings) { $1 }))
    }

    /// The header field with which somebody signs in.
    static func authorization(_ name: String) -> (String, String) {
        let line = users.first { $0.hasPrefix(name) } ?? "nobody:viewer:nothing"
        let secret = line.split(separator: ":").last ?? ""
        return ("Authorization", "Basic \(Data("\(name):\(secret)".utf8).base64EncodedString())")
    }

    func get(
        _ path: String,
        as name: String? = nil,
        _ fields: [(String, String)] = []
    ) async throws
        -> TestHTTP.Response
    {
        let user = name.map { [Self.authorization($0)] } ?? []
        return try await TestHTTP(port: port).send("GET", path, user + fields)
    }

    /// Sends a form as the page of this origin does.
    func post(
        _ path: String,
        _ form: String,
        as name: String? = nil,
        _ fields: [(String, String)] = [("Sec-Fetch-Site", "same-origin")]
    ) async throws -> TestHTTP.Response {
        let user = name.map { [Self.authorization($0)] } ?? []
        let type = [("Content-Type", "application/x-www-form-urlencoded")]
        return try await TestHTTP(port: port).send("POST", path, user + type + fields, body: Array(form.utf8))
    }

    /// The figures of a page, as JSON.
    func json(_ path: String) async throws -> [String: Any] {
        let response = try await get(path)
        let object = try JSONSerialization.jsonObject(with: Data(response.body.utf8))
        return object as? [String: Any] ?? [:]
    }

    /// Stops the program as an operator does.
    /// - Returns: its exit status.
    func stop() async throws -> Int32 {
        program.send(SIGTERM)
        return try await program.wait(within: .seconds(60))
    }
}
