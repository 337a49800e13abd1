import Base
import TestSupport
import Testing

@testable import GitHubClient

/// Which webhooks lead to a plane-ingest.
@Suite(.timeLimit(.minutes(10))) struct HookTests {
    private static let notFound = FakeServer.Reaction.answer(404, [:], "{\"message\":\"Not Found\"}")

    private static func hook(_ id: Int, _ url: String) -> String { "{\"id\":\(id),\"config\":{\"url\":\"\(url)\"}}" }

    @Test func `hooks of the repository and of its organization are told by their path`() async throws {
        let ours = "https://plane.example.com/api/webhooks/github-mcp"
        let handler: FakeServer.Handler = { request in
            switch request.path {
            case "/repos/octo/hello/hooks":
                .answer(
                    200,
                    [:],
                    "["
                        + [
                            Self.hook(1, "\(ours)/"), Self.hook(2, ours), Self.hook(3, "\(ours)/team-a/?key=x"),
                            Self.hook(4, "https://example.com/behind/api/webhooks/github-mcp/"),
                            Self.hook(5, "https://example.com/"), Self.hook(6, "\(ours)/a/b"), Self.hook(7, "\(ours)x"),
                            Self.hook(8, "https://example.com/?/api/webhooks/github-mcp/"), "{\"id\":9}", "{}",
                        ].joined(separator: ",") + "]"
                )
            case "/orgs/octo/hooks": .answer(200, [:], "[\(Self.hook(10, ours))]")
            default: Self.notFound
            }
        }
        try await FakeServer.run(handler) { server in
            let found = try await GitHubClient.of(server).hooks(of: .hello)
            #expect(
                found == [
                    .repository(id: 1), .repository(id: 2), .repository(id: 3), .repository(id: 4),
                    .organization(id: 10),
                ]
            )
        }
    }

    @Test func `lists that we may not see count as empty, unless it is all of them`() async throws {
        let noRight = FakeServer.Reaction.answer(403, [:], "{\"message\":\"Resource not accessible\"}")
        for (own, shared, expected) in [
            (noRight, Self.notFound, nil), (.answer(200, [:], "[]"), noRight, []),
            (noRight, .answer(200, [:], "[]"), [Hook]()),
        ] {
            try await FakeServer.run({ $0.path.hasPrefix("/orgs/") ? shared : own }) { server in
                let found = try await GitHubClient.of(server).hooks(of: .hello)
                #expect(found == expected)
            }
        }
        try await FakeServer.run({ _ in .answer(500) }) { server in
            let client = try GitHubClient.of(server)
            let error = await error { () async throws(GitHubError) in try await client.hooks(of: .hello) }
            #expect(error == .transient("status 500"))
        }
    }

    @Test func `an App has a hook of its own, to which its key gives access`() async throws {
        let gitHub = FakeGitHub()
        let handler: FakeServer.Handler = { request in
            switch request.path {
            case "/app/hook/config" where TestKey.rsa.verifies(request.token):
                .answer(200, [:], "{\"url\":\"https://plane.example.com/api/webhooks/github-mcp/\"}")
            case "/app/hook/deliveries" where TestKey.rsa.verifies(request.token): .answer(200, [:], "[]")
            case "/app/hook/deliveries/12/attempts" where TestKey.rsa.verifies(request.token):
                .answer(request.method == "POST" ? 202 : 404, [:], "{}")
            default: gitHub.handler(request)
            }
        }
        try await FakeServer.run(handler) { server in
            let key = try #require(AppKey(app: "99", pem: Secret(TestKey.rsa.pkcs1)))
            let client = try GitHubClient.of(server, credentials: .app(key), now: { gitHub.now })
            let hooks = try await client.hooks(of: .hello)
            #expect(hooks == [.app])
            var pages = client.deliveries(of: .app, for: .hello, .failure)
            let page = try await pages.nextPage()
            #expect(page?.content.content?.elements == [])
            _ = try await client.redeliver(12, of: .app, for: .hello)
        }
    }
}
