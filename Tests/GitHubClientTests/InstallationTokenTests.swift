import Base
import Foundation
import GitHub
import TestSupport
import Testing

@testable import GitHubClient

/// An App's tokens against a GitHub that checks the signature, the times and every token.
@Suite(.timeLimit(.minutes(10))) struct InstallationTokenTests {
    private static func client(_ server: FakeServer, _ gitHub: FakeGitHub) throws -> GitHubClient {
        let key = try #require(AppKey(app: "99", pem: Secret(TestKey.rsa.pkcs8)))
        return try .of(server, credentials: .app(key), now: { gitHub.now })
    }

    private static func wait(_ seconds: Int64, _ gitHub: FakeGitHub) {
        gitHub.update { $0.now = Timestamp(microseconds: $0.now.microseconds + seconds * 1_000_000) }
    }

    @Test func `a token is made once and replaced five to six minutes before its end`() async throws {
        let gitHub = FakeGitHub()
        try await FakeServer.run(gitHub.handler) { server in
            let client = try Self.client(server, gitHub)
            for _ in 0..<3 { _ = try await client.issue(1, in: .hello) }
            #expect(
                server.requests.map(\.target) == [
                    "/repos/octo/hello/installation", "/app/installations/55/access_tokens",
                    "/repos/octo/hello/issues/1", "/repos/octo/hello/issues/1", "/repos/octo/hello/issues/1",
                ]
            )
            let making = server.requests[1].fields
            #expect(making["content-length"] == "0" && making["content-type"] == nil)
            Self.wait(3_600 - 361, gitHub)
            _ = try await client.issue(1, in: .hello)
            #expect(gitHub.minted == 1)
            Self.wait(62, gitHub)
            _ = try await client.issue(1, in: .hello)
            #expect(gitHub.minted == 2)
            // The installation is known by then.
            #expect(server.requests.filter { $0.path.hasSuffix("/installation") }.count == 1)
        }
    }

    @Test func `a token that is refused is replaced, and the call made again once`() async throws {
        let gitHub = FakeGitHub()
        try await FakeServer.run(gitHub.handler) { server in
            let client = try Self.client(server, gitHub)
            _ = try await client.issue(1, in: .hello)
            gitHub.update { $0.tokens = [:] }
            _ = try await client.issue(1, in: .hello)
            #expect(gitHub.minted == 2)
        }
    }

    @Test func `when the new token is refused too, that is the answer`() async throws {
        let gitHub = FakeGitHub()
        let handler: FakeServer.Handler = { request in
            request.path.hasSuffix("/issues") ? .answer(401) : gitHub.handler(request)
        }
        try await FakeServer.run(handler) { server in
            let client = try Self.client(server, gitHub)
            let failure = await error { () throws(GitHubError) in
                try await client.createIssue(in: .hello, title: "T", body: "B")
            }
            #expect(failure == .unauthorized)
            #expect(server.requests.filter { $0.path.hasSuffix("/issues") }.count == 2)
            #expect(gitHub.minted == 2)
        }
    }

    @Test func `a person's token is not tried twice`() async throws {
        try await FakeServer.run({ _ in .answer(401) }) { server in
            let client = try GitHubClient.of(server)
            let failure = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
            #expect(failure == .unauthorized)
            #expect(server.requests.count == 1)
        }
    }

    /// Or else a missing installation would look like a missing issue.
    @Test func `an App that is not installed is told from an issue that is gone`() async throws {
        let gitHub = FakeGitHub()
        gitHub.update { $0.isInstalled = false }
        try await FakeServer.run(gitHub.handler) { server in
            let client = try Self.client(server, gitHub)
            let missing = GitHubError.forbidden("the App is not installed on this repository")
            #expect(await error { () throws(GitHubError) in try await client.issue(1, in: .hello) } == missing)
            gitHub.update { $0.isInstalled = true }
            _ = try await client.issue(1, in: .hello)
            // Taken away, and installed anew under another id.
            gitHub.update { state in
                state.tokens = [:]
                state.installation = 56
            }
            #expect(await error { () throws(GitHubError) in try await client.issue(1, in: .hello) } == missing)
            _ = try await client.issue(1, in: .hello)
        }
    }

    @Test func `a key that GitHub does not know`() async throws {
        let gitHub = FakeGitHub()
        try await FakeServer.run(gitHub.handler) { server in
            let key = try #require(AppKey(app: "1", pem: Secret(TestKey.rsa.pkcs8)))
            let client = try GitHubClient.of(server, credentials: .app(key))
            #expect(await error { () throws(GitHubError) in try await client.issue(1, in: .hello) } == .unauthorized)
        }
    }

    @Test(arguments: ["{\"token\":\"a b\",\"expires_at\":\"2026-09-21T15:00:00Z\"}", "{\"token\":\"ghs_1\"}", "[]"])
    func `an answer without a usable token`(body: String) async throws {
        let gitHub = FakeGitHub()
        let handler: FakeServer.Handler = { request in
            request.method == "POST" ? .answer(201, [:], body) : gitHub.handler(request)
        }
        try await FakeServer.run(handler) { server in
            let client = try Self.client(server, gitHub)
            let failure = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
            guard case .transient(let text, _) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(!text.contains("a b"))
        }
    }

    @Test func `no token is in any description of the client`() async throws {
        let gitHub = FakeGitHub()
        try await FakeServer.run(gitHub.handler) { server in
            let client = try Self.client(server, gitHub)
            _ = try await client.issue(1, in: .hello)
            var text = "\(client)" + String(reflecting: client)
            dump(client, to: &text)
            #expect(!text.contains("ghs_") && !text.contains("PRIVATE"))
        }
    }
}
