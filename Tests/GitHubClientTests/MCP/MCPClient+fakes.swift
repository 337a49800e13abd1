import Base
import Foundation
import TestSupport

@testable import GitHubClient

extension MCPClient {
    static func of(
        _ server: FakeServer,
        token: String = "ghp_test",
        limit: Duration = .seconds(30),
        maximumBytes: Int = 1 << 20,
        now: @escaping @Sendable () -> Timestamp = { Timestamp(Date()) }
    ) -> MCPClient {
        let config = MCPConfig.http(url: server.origin + "/mcp", Secret(token))
        return MCPClient(config, Log { _ in }, limit: limit, maximumBytes: maximumBytes, now: now)
    }
}

extension MCPProgram {
    func client(limit: Duration = .seconds(30), backoff: Duration = .milliseconds(200)) -> MCPClient {
        let command = MCPCommand(
            words: words,
            variables: ["PATH": "/usr/bin:/bin"],
            token: Secret("hunter2hunter2")
        )
        return MCPClient(
            .command(command),
            Log(level: .debug) { [self] line in note(line) },
            limit: limit,
            maximumBytes: 1 << 20,
            backoff: Backoff(from: backoff, to: .seconds(2))
        )
    }
}
