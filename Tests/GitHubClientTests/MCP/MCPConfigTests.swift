import Base
import Foundation
import Testing

@testable import GitHubClient

@Suite struct MCPConfigTests {
    private static func config(_ values: [String: String]) throws -> MCPConfig? { try MCPConfig(Environment(values)) }

    private static func problem(_ values: [String: String]) -> String {
        do {
            _ = try MCPConfig(Environment(values))
            return ""
        } catch {
            return error.description
        }
    }

    @Test func `nothing is configured without a server`() throws {
        #expect(try Self.config([:]) == nil)
        #expect(try Self.config(["GITHUB_TOKEN": "ghp_a"]) == nil)
    }

    @Test(arguments: ["https://api.githubcopilot.com/mcp/", "http://127.0.0.1:8082/", "http://[::1]:1/x/issues"])
    func `an address is used as it is, with the token`(url: String) throws {
        let config = try Self.config(["GITHUB_MCP_URL": url, "GITHUB_TOKEN": "ghp_a"])
        #expect(config == .http(url: url, Secret("ghp_a")))
        #expect(!String(reflecting: config).contains("ghp_a"))
    }

    @Test func `a command gets the token and what it needs in its environment`() throws {
        let values = [
            "GITHUB_MCP_COMMAND": "env 'A B'=\"c \\\"d\" sh -c \"\" x\\ y", "GITHUB_TOKEN": "ghp_a",
            "PATH": "/nowhere:/usr/bin",
            "DATABASE_URL": "postgresql://secret", "HOME": "/h", "GITHUB_HOST": "https://github.example.com",
        ]
        guard case .command(let command) = try Self.config(values) else {
            Issue.record("no command")
            return
        }
        #expect(command.words == ["/usr/bin/env", "A B=c \"d", "sh", "-c", "", "x y"])
        #expect(
            command.environment.sorted() == [
                "GITHUB_HOST=https://github.example.com", "GITHUB_PERSONAL_ACCESS_TOKEN=ghp_a", "HOME=/h",
                "PATH=/nowhere:/usr/bin",
            ]
        )
        #expect(!String(reflecting: command).contains("ghp_a"))
    }

    @Test func `a command may have a token of its own`() throws {
        guard case .command(let command) = try Self.config(["GITHUB_MCP_COMMAND": "/bin/cat"]) else {
            Issue.record("no command")
            return
        }
        #expect(command.environment.isEmpty && command.token == nil)
    }

    @Test(arguments: [
        (["GITHUB_MCP_URL": "http://mcp.example.com"], "GITHUB_MCP_URL is 'http://mcp.example.com', expected https"),
        (
            ["GITHUB_MCP_URL": "mcp"],
            "GITHUB_MCP_URL is 'mcp', expected an address like https://api.githubcopilot.com/mcp/"
        ),
        (["GITHUB_MCP_URL": "https://x/mcp?token=1"], "expected an address like"),
        (["GITHUB_MCP_URL": "https://me:hunter2@x/"], "GITHUB_MCP_URL has a user or a password in it"),
        (["GITHUB_MCP_URL": "https://x/mcp", "GITHUB_TOKEN": ""], "GITHUB_MCP_URL is set, expected GITHUB_TOKEN or"),
        (["GITHUB_MCP_URL": "https://x/mcp", "GITHUB_TOKEN": "a b"], "GITHUB_TOKEN holds no token"),
        (["GITHUB_MCP_URL": "https://x/mcp", "GITHUB_MCP_COMMAND": "cat"], "are both set, expected one of them"),
        (["GITHUB_MCP_COMMAND": "nothing-of-this-name x"], "expected a program that can be run"),
        (["GITHUB_MCP_COMMAND": "/etc/passwd"], "GITHUB_MCP_COMMAND is '/etc/passwd', expected a program"),
        (["GITHUB_MCP_COMMAND": "/tmp"], "expected a program that can be run, '/tmp' cannot"),
        (["GITHUB_MCP_COMMAND": "cat 'x"], "GITHUB_MCP_COMMAND is 'cat 'x', expected a program with its arguments"),
        (["GITHUB_MCP_COMMAND": "cat x\\"], "expected a program with its arguments"),
        (["GITHUB_MCP_COMMAND": " "], "expected a program with its arguments"),
        (["GITHUB_MCP_COMMAND": "env T=ghp_hunter2 cat"], "GITHUB_MCP_COMMAND has a token in it, expected it in"),
        (
            ["GITHUB_MCP_COMMAND": "cat hunter2abc", "GITHUB_TOKEN": "hunter2abc"],
            "GITHUB_MCP_COMMAND has a token in it"
        ),
    ]) func `what cannot be used is named, with what was expected, and without secrets`(
        values: [String: String],
        words: String
    ) {
        let base = values["GITHUB_MCP_URL"] == nil ? [:] : ["GITHUB_TOKEN": "ghp_a"]
        let problem = Self.problem(base.merging(values) { $1 })
        #expect(problem.contains(words))
        #expect(!problem.contains("hunter2"))
    }
}
