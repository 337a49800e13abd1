import Foundation

/// A chromedriver of a test's own: HTTP with JSON, which drives one Chromium (W3C WebDriver).
final class WebDriver: Sendable {
    /// What the driver said when it could not do what it was asked.
    struct Failure: Error, CustomStringConvertible {
        /// WebDriver's own name of the fault, such as `no such element`.
        let code: String
        let message: String

        var description: String { "\(code): \(message)" }
    }

    private struct Answer<Content: Decodable>: Decodable { let value: Content }

    private struct Problem: Decodable {
        let error: String
        let message: String
    }

    private let program: TestProgram
    private let port: Int

    /// Starts it in `directory`, where its browsers work, too: by that Tests/run finds what is left of them.
    ///
    /// The port that it chooses may be taken before it listens there; then it ends and is started again.
    init(in directory: URL) async throws {
        var said = ""
        for _ in 1...5 {
            let program = try TestProgram(
                URL(filePath: "/usr/bin/chromedriver"),
                ["--port=0"],
                environment: ["HOME": directory.path, "TMPDIR": directory.path],
                directory: directory
            )
            _ = try await program.waitForOutput("started successfully on port ", within: .seconds(120))
            if let port = program.text.firstMatch(of: /started successfully on port (\d+)/).flatMap({ Int($0.1) }) {
                self.program = program
                self.port = port
                return
            }
            program.send(SIGKILL)
            _ = try await program.wait(within: .seconds(60))
            said = program.text
        }
        throw Failure(code: "no chromedriver", message: said)
    }

    /// Sends a command and reads the value of its answer.
    func send<Value: Decodable>(
        _ method: String,
        _ path: String,
        _ body: WireValue = [:],
        as type: Value.Type = WireValue.self
    ) async throws -> Value {
        let bytes = method == "POST" ? Array(try JSONEncoder().encode(body)) : []
        // A page may take its time on a busy machine; the driver has a limit of its own for everything it does.
        let connection = try TestHTTP(port: port, patience: 330)
        let response = try await connection.send(method, path, [("Content-Type", "application/json")], body: bytes)
        let content = Data(response.body.utf8)
        guard response.status == 200 else {
            let problem = try JSONDecoder().decode(Answer<Problem>.self, from: content).value
            throw Failure(code: problem.error, message: problem.message)
        }
        return try JSONDecoder().decode(Answer<Value>.self, from: content).value
    }

    /// Ends it by force, and with it its browser, which reads the end of the pipe between them.
    func end() async throws {
        program.send(SIGKILL)
        _ = try await program.wait(within: .seconds(60))
    }
}
