extension Page {
    /// A line of the browser's console.
    package struct ConsoleLine: Sendable, Decodable, CustomStringConvertible {
        package let level: String
        /// Who wrote it, such as `console-api`, `network`, `security` or `javascript`.
        package let source: String
        package let message: String

        package var description: String { "\(source): \(message)" }

        /// Whether the content security policy forbade something, or would have.
        package var isPolicyViolation: Bool { message.contains("Content Security Policy") }
    }

    /// What was written since this was last asked.
    package func takeConsole() async throws -> [ConsoleLine] {
        try await send("POST", "/se/log", ["type": "browser"], as: [ConsoleLine].self)
    }

    /// What the page writes as an error, among it what does not load, and what its own policy forbids it.
    package func consoleProblems() async throws -> [String] {
        try await takeConsole().filter { $0.level == "SEVERE" || $0.isPolicyViolation }.map {
            ($0.isPolicyViolation ? "policy: " : "console: ") + $0.description
        }
    }
}
