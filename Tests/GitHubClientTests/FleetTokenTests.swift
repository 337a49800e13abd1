import Base
import Database
import Foundation
import TestSupport
import Testing

@testable import GitHubClient

/// Tokens of an installation that several workers share.
@Suite(.timeLimit(.minutes(10))) struct FleetTokenTests {
    /// A GitHub with an App, and a database for its workers.
    private struct Scene: Sendable {
        let gitHub: FakeGitHub
        let server: FakeServer
        let database: TestDatabase
        let owner: Connection

        static func with(
            _ handler: @escaping @Sendable (FakeServer.Request, FakeGitHub) -> FakeServer.Reaction = { $1.handler($0) },
            _ body: @Sendable (Scene) async throws -> Void
        ) async throws {
            let gitHub = FakeGitHub()
            gitHub.update { $0.now = Timestamp(Date()) }
            try await TestDatabase.with { database in
                try await FakeServer.run({ handler($0, gitHub) }) { server in
                    try await body(
                        Scene(gitHub: gitHub, server: server, database: database, owner: database.connection())
                    )
                }
            }
        }

        func client(_ pem: String = TestKey.rsa.pkcs8) throws -> GitHubClient {
            let key = try #require(AppKey(app: "99", pem: Secret(pem)))
            return try .of(
                server,
                credentials: .app(key),
                sharing: database.connection("worker", as: .worker)
            )
        }

        func error(of client: GitHubClient) async -> GitHubError? {
            await GitHubClientTests.error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
        }

        var stored: SealedToken {
            get async throws {
                let all = try await owner.run("select * from github_sync.github_installation_tokens", as: Stored.self)
                return try #require(all.first).token
            }
        }

        /// The token ends in so many minutes.
        func setExpiry(minutes: Double, in key: AppKey) async throws {
            let token = try #require(key.opened(try await stored, of: 55))
            let end = Timestamp(microseconds: Int64((Date().timeIntervalSince1970 + minutes * 60) * 1_000_000))
            let sealed = try #require(
                key.sealed(InstallationToken(installation: 55, expiresAt: end, caller: token.caller))
            )
            try await owner.storeToken(sealed, of: 55, app: "99")
        }
    }

    private struct Stored: RowDecodable {
        let token: SealedToken

        init(row: Row) throws {
            token = SealedToken(
                id: try row.get("token_id"),
                expiresAt: try row.get("expires_at"),
                sealed: try row.get("sealed", as: Bytes.self).bytes
            )
        }
    }

    @Test func `eight workers that start together make one token`() async throws {
        try await Scene.with { scene in
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    let client = try scene.client()
                    group.addTask { _ = try await client.issue(1, in: .hello) }
                }
                try await group.waitForAll()
            }
            #expect(scene.gitHub.minted == 1)
            #expect(scene.server.requests.filter { $0.path == "/repos/octo/hello/issues/1" }.count == 8)
            let rows: [String?] = try await scene.owner.values(
                "select t::text as value from github_sync.github_installation_tokens as t"
            )
            let row = try #require(rows.first ?? nil)
            #expect(!row.contains(Array("ghs_".utf8).hex) && !row.contains("ghs_") && row.contains("99"))
        }
    }

    @Test func `the key is the same in each form of its file, and another key reads nothing`() async throws {
        try await Scene.with { scene in
            _ = try await scene.client().issue(1, in: .hello)
            _ = try await scene.client(TestKey.rsa.pkcs1).issue(1, in: .hello)
            #expect(scene.gitHub.minted == 1)
            let stored = try await scene.stored
            for (app, pem, isRight) in [
                ("99", TestKey.rsa.pkcs1, true), ("99", TestKey.other.pkcs8, false), ("98", TestKey.rsa.pkcs8, false),
            ] {
                let key = try #require(AppKey(app: app, pem: Secret(pem)))
                #expect((key.opened(stored, of: 55) != nil) == isRight)
            }
        }
    }

    static let alterations: [Query] = [
        "sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)",
        "sealed = set_byte(sealed, 0, get_byte(sealed, 0) # 1)",
        "sealed = set_byte(sealed, length(sealed) - 1, get_byte(sealed, length(sealed) - 1) # 1)",
        "sealed = substr(sealed, 1, length(sealed) - 1)", "sealed = ''", "sealed = substr(sealed, 1, 28)",
        "expires_at = expires_at + interval '1 day'", "token_id = gen_random_uuid()",
        "sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1), token_id = gen_random_uuid()",
    ]

    @Test(arguments: alterations.indices)
    func `a token that was altered is not used but made anew`(index: Int) async throws {
        try await Scene.with { scene in
            _ = try await scene.client().issue(1, in: .hello)
            let alteration = Self.alterations[index]
            try await scene.owner.execute("update github_sync.github_installation_tokens set \(alteration)")
            _ = try await scene.client().issue(1, in: .hello)
            #expect(scene.gitHub.minted == 2)
            _ = try await scene.client().issue(1, in: .hello)
            #expect(scene.gitHub.minted == 2)
        }
    }

    @Test func `the token of another installation is not used`() async throws {
        try await Scene.with { scene in
            _ = try await scene.client().issue(1, in: .hello)
            try await scene.owner.execute("update github_sync.github_installation_tokens set installation_id = 56")
            scene.gitHub.update { $0.installation = 56 }
            _ = try await scene.client().issue(1, in: .hello)
            #expect(scene.gitHub.minted == 2)
        }
    }

    @Test func `a refused token is replaced once for all, and never a newer one`() async throws {
        try await Scene.with { scene in
            let clients = try (0..<3).map { _ in try scene.client() }
            for client in clients { _ = try await client.issue(1, in: .hello) }
            scene.gitHub.update { $0.tokens = [:] }
            for client in clients { _ = try await client.issue(1, in: .hello) }
            #expect(scene.gitHub.minted == 2)
            // One that was refused the first token twice, and is late.
            try await scene.owner.parkInstallation(55, app: "99", because: UUID())
            _ = try await scene.client().issue(1, in: .hello)
            #expect(scene.gitHub.minted == 2)
        }
    }

    @Test func `where new tokens are refused too nobody asks again for some minutes`() async throws {
        let handler: @Sendable (FakeServer.Request, FakeGitHub) -> FakeServer.Reaction = { request, gitHub in
            request.path.hasSuffix("/issues/1") ? .answer(401) : gitHub.handler(request)
        }
        try await Scene.with(handler) { scene in
            let clients = try (0..<2).map { _ in try scene.client() }
            #expect(await scene.error(of: clients[0]) == .unauthorized)
            #expect(scene.gitHub.minted == 2)
            let before = scene.server.requests.count
            for client in clients {
                guard case .parked(let until) = await scene.error(of: client) else {
                    Issue.record("not parked")
                    continue
                }
                let wait = Double(until.microseconds) / 1_000_000 - Date().timeIntervalSince1970
                #expect(wait > 290 && wait < 335)
            }
            // The second had to ask which installation it is.
            #expect(scene.server.requests.count == before + 1)
            try await scene.owner.execute(
                "update github_sync.github_installation_tokens set parked_until = parked_until - interval '6 minutes'"
            )
            #expect(await scene.error(of: clients[1]) == .unauthorized)
        }
    }

    @Test func `an installation that gets no token is left alone`() async throws {
        let handler: @Sendable (FakeServer.Request, FakeGitHub) -> FakeServer.Reaction = { request, gitHub in
            guard request.method == "POST" else { return gitHub.handler(request) }
            return .answer(403, [:], "{\"message\":\"This installation has been suspended\"}")
        }
        try await Scene.with(handler) { scene in
            let clients = try (0..<2).map { _ in try scene.client() }
            #expect(await scene.error(of: clients[0]) == .forbidden("This installation has been suspended"))
            guard case .parked = await scene.error(of: clients[1]) else {
                Issue.record("not parked")
                return
            }
            #expect(scene.server.requests.filter { $0.method == "POST" }.count == 1)
        }
    }

    @Test func `when the one who makes the token is killed another makes it`() async throws {
        try await Scene.with { scene in
            let killed = scene.database.connection("killed", as: .worker)
            guard case .mine = try await killed.takeTokenTurn(of: 55, app: "99", lease: .seconds(4)) else {
                Issue.record("somebody else's turn")
                return
            }
            guard case .others = try await killed.takeTokenTurn(of: 55, app: "99", lease: .seconds(4)) else {
                Issue.record("two make it")
                return
            }
            await killed.close()
            _ = try await scene.client().issue(1, in: .hello)
            #expect(scene.gitHub.minted == 1)
        }
    }

    @Test func `minutes before its end a token is replaced, and used on while that fails`() async throws {
        let handler: @Sendable (FakeServer.Request, FakeGitHub) -> FakeServer.Reaction = { request, gitHub in
            request.method == "POST" && gitHub.minted > 0 ? .answer(502) : gitHub.handler(request)
        }
        let key = try #require(AppKey(app: "99", pem: Secret(TestKey.rsa.pkcs8)))
        try await Scene.with(handler) { scene in
            _ = try await scene.client().issue(1, in: .hello)
            try await scene.setExpiry(minutes: 7, in: key)
            let client = try scene.client()
            _ = try await client.issue(1, in: .hello)
            #expect(scene.server.requests.filter { $0.method == "POST" }.count == 1)
            try await scene.setExpiry(minutes: 4, in: key)
            // The first tries to make one, and all use the old one.
            for client in try [scene.client(), scene.client()] { _ = try await client.issue(1, in: .hello) }
            #expect(scene.server.requests.filter { $0.method == "POST" }.count == 2)
            try await scene.setExpiry(minutes: 0.5, in: key)
            guard case .transient = await scene.error(of: try scene.client()) else {
                Issue.record("a token was made, or one used that may end on the way")
                return
            }
            #expect(scene.server.requests.filter { $0.method == "POST" }.count == 3)
        }
    }

    @Test func `no token and no key is in an error or a description`() async throws {
        try await Scene.with { scene in
            let client = try scene.client()
            _ = try await client.issue(1, in: .hello)
            var text = "\(client)" + String(reflecting: client)
            dump(client, to: &text)
            #expect(!text.contains("ghs_") && !text.contains("PRIVATE"))
            try await scene.owner.execute("alter table github_sync.github_installation_tokens rename to away")
            let failure = try #require(await scene.error(of: try scene.client()))
            #expect("\(failure)" == "the database cannot say whether GitHub may be called: other")
        }
    }
}
