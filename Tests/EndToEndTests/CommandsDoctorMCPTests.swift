import Base
import Database
import Foundation
import TestSupport
import Testing

/// What `doctor` finds about an MCP server.
@Suite(.timeLimit(.minutes(10))) struct CommandsDoctorMCPTests {
    private static let token = "ghp_test"

    /// The lines about MCP, each a verdict and what was found.
    private static func doctor(_ environment: [String: String], connects: Bool = true) async throws -> [String] {
        try await TestDatabase.with { database in
            if connects { _ = try await database.connection().connectRepository(1_296_269, "octocat/hello") }
            let run = try await CommandsRun.worker(["doctor", "--json"], on: database, environment: environment)
            #expect(!run.output.contains("ghp_") && !run.errors.contains("ghp_"), "\(run)")
            let checks = try run.json["checks"] as? [[String: Any]] ?? []
            return checks.filter { $0["check"] as? String == "mcp" }.map { check in
                "\(check["verdict"] as? String ?? ""): \(check["text"] as? String ?? "")"
            }
        }
    }

    /// GitHub itself is not reached: nobody listens there.
    private static func environment(_ more: [String: String]) -> [String: String] {
        ["GITHUB_TOKEN": token, "GITHUB_API_URL": "http://127.0.0.1:1"].merging(more) { $1 }
    }

    private static func doctor(_ mcp: FakeMCP, connects: Bool = true) async throws -> [String] {
        try await FakeServer.run(mcp.handler) { server in
            try await doctor(environment(["GITHUB_MCP_URL": server.origin + "/mcp"]), connects: connects)
        }
    }

    /// One with an issue.
    private static func server(_ tools: [String], _ era: FakeMCP.Era = .dual) -> FakeMCP {
        FakeMCP(FakeMCP.Rules(era: era, tools: tools, respond: { _ in FakeMCP.text(FakeMCP.issue) }))
    }

    private static let rewrites =
        "ok: titles and bodies are read by REST alone: MCP servers rewrite them for language models"

    @Test(arguments: [
        (FakeMCP.Era.modern, "2026-07-28"), (.dual, "2026-07-28"), (.legacy, "2025-11-25"),
    ]) func `a server that has what it takes`(era: FakeMCP.Era, version: String) async throws {
        let mcp = Self.server(FakeMCP.newestTools, era)
        let all = "read issues, list comments, read pull requests, create issues, change state, labels and assignees"
        #expect(
            try await Self.doctor(mcp) == [
                "ok: the MCP server answers, in version \(version) of the protocol",
                "ok: its tools can: \(all), add comments, edit comments", Self.rewrites,
                "ok: GitHub answers through it",
            ]
        )
        #expect(mcp.methods.filter { $0.hasPrefix("tools/call") } == ["tools/call issue_read"])
    }

    @Test func `without a repository no tool is called`() async throws {
        let mcp = FakeMCP()
        let found = try await Self.doctor(mcp, connects: false)
        #expect(found.count == 3 && found[1].hasPrefix("ok: its tools can: "), "\(found)")
        #expect(found[1].hasSuffix("; not: edit comments"))
        #expect(!mcp.methods.contains { $0.hasPrefix("tools/call") })
    }

    @Test func `a server that only reads is a warning`() async throws {
        let mcp = Self.server([FakeMCP.newTools[1]])
        let found = try await Self.doctor(mcp)
        let lacks = "not: read pull requests, create issues, change state, labels and assignees, add comments"
        #expect(found[1] == "warning: its tools can: read issues, list comments; \(lacks), edit comments", "\(found)")
    }

    /// What a server may say of an issue, and what is found.
    @Test(arguments: [
        ("404 Not Found []", "ok: GitHub answers through it"),
        ("401 Bad credentials ghp_test []", "failed: the MCP server or GitHub behind it refuses our token"),
        ("403 No ghp_test []", "failed: through MCP GitHub forbids issues of octocat/hello: No <secret>"),
        ("502  []", "failed: the MCP server cannot be used: status 502"),
        ("403 API rate limit exceeded [rate reset in 9m59s]", "warning: GitHub's primary rate limit is reached until"),
    ]) func `what GitHub says through it`(words: String, finding: String) async throws {
        let text = "failed to get issue: GET https://api.github.com/repos/x: \(words)"
        let refusal = FakeMCP.refusal(text, code: -32_603)
        let found = try await Self.doctor(FakeMCP(FakeMCP.Rules(respond: { _ in refusal })))
        #expect(found.last?.hasPrefix(finding) == true, "\(found)")
    }

    @Test(arguments: [
        (FakeServer.Reaction.answer(401), "failed: the MCP server or GitHub behind it refuses our token"),
        (.answer(403), "failed: GitHub forbids it: the MCP server answers with status 403"),
        (.answer(502), "failed: the MCP server cannot be used: the MCP server answers with status 502"),
        (.close, "failed: the MCP server cannot be used: the connection broke before the whole answer was here"),
        (.answer(200, [:], "<html>"), "failed: the MCP server cannot be used: the answer of the MCP server has no"),
    ]) func `a server that is none`(reaction: FakeServer.Reaction, finding: String) async throws {
        try await FakeServer.run({ _ in reaction }) { server in
            let found = try await Self.doctor(Self.environment(["GITHUB_MCP_URL": server.origin]))
            #expect(found.count == 1 && found[0].hasPrefix(finding), "\(found)")
            #expect(!found[0].contains("127.0.0.1"))
        }
    }

    @Test func `a server that never answers is not waited for longer than its time`() async throws {
        try await FakeServer.run({ _ in .hang() }) { server in
            let start = ContinuousClock.now
            let found = try await Self.doctor(Self.environment(["GITHUB_MCP_URL": server.origin]))
            #expect(found == ["failed: the MCP server cannot be used: there was no whole answer in time"])
            #expect(ContinuousClock.now - start < .seconds(40))
        }
    }

    @Test(arguments: ["modern", "legacy"]) func `a program is started, asked and ended`(mode: String) async throws {
        let program = try MCPProgram(mode)
        let words = program.words.joined(separator: " ")
        let environment = Self.environment(["GITHUB_MCP_COMMAND": words])
        let found = try await Self.doctor(environment, connects: false)
        let version = mode == "modern" ? "2026-07-28" : "2025-06-18"
        #expect(found.first == "ok: the MCP server answers, in version \(version) of the protocol", "\(found)")
        #expect(found.last == Self.rewrites)
        #expect(program.processes.count == 1 && program.processes.allSatisfy { kill($0, 0) != 0 })
    }

    @Test func `a program that ends at once`() async throws {
        let program = try MCPProgram("broken")
        let words = program.words.joined(separator: " ")
        let found = try await Self.doctor(Self.environment(["GITHUB_MCP_COMMAND": words]))
        #expect(found.count == 1 && found[0].hasPrefix("failed: the MCP server cannot be used: the "), "\(found)")
    }

    @Test func `settings that do not fit, and none`() async throws {
        let both = ["GITHUB_MCP_URL": "https://mcp.example.com", "GITHUB_MCP_COMMAND": "cat"]
        #expect(
            try await Self.doctor(Self.environment(both)) == [
                "failed: GITHUB_MCP_URL and GITHUB_MCP_COMMAND are both set, expected one of them"
            ]
        )
        #expect(try await Self.doctor([:]) == [])
        let run = try await CommandsRun.worker(["doctor"], on: nil)
        #expect(!run.output.contains(" mcp "))
    }
}
