import Base
import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// An App whose installation is suspended for a while, and whose tokens end, while a job needs them.
@Suite(.timeLimit(.minutes(10))) struct SuspendedAppTests {
    private static let rocket = SampleRepository.rocket
    private static let suspended = FakeServer.Reaction.answer(
        403,
        [:],
        "{\"message\":\"This installation has been suspended\"}"
    )

    /// What is allowed now: tokens are named by their number.
    private struct State {
        var isSuspended = false
        var minted = 0
        /// Tokens up to this one have ended.
        var ended = 0
    }

    /// The comments are asked for when everything else was shown.
    private static func answer(
        _ request: FakeServer.Request,
        _ state: inout State,
        _ repository: FakeRepository
    ) -> FakeServer.Reaction {
        switch request.path {
        case "/repos/\(rocket.fullName)/installation": return .answer(200, [:], "{\"id\":55}")
        case "/app/installations/55/access_tokens":
            guard !state.isSuspended else { return suspended }
            state.minted += 1
            let end = Date().addingTimeInterval(3_600).formatted(.iso8601)
            return .answer(201, [:], "{\"token\":\"ghs_\(state.minted)\",\"expires_at\":\"\(end)\"}")
        default:
            let number = Int(request.token.dropFirst("ghs_".count)) ?? 0
            guard number > state.ended else { return .answer(401, [:], "{\"message\":\"Bad credentials\"}") }
            guard !state.isSuspended else { return suspended }
            return repository.handler(request)
        }
    }

    private static func settings(_ server: FakeServer, key: URL) throws -> [String: String] {
        let making = Process()
        making.executableURL = URL(filePath: "/usr/bin/openssl")
        making.arguments = ["genpkey", "-algorithm", "RSA", "-out", key.path]
        making.standardError = FileHandle.nullDevice
        try making.run()
        making.waitUntilExit()
        return [
            "GITHUB_API_URL": server.origin, "GITHUB_APP_ID": "99", "GITHUB_APP_PRIVATE_KEY_FILE": key.path,
            "GITHUB_SWEEP_SECONDS": "0",
        ]
    }

    private static func withImport(
        _ onComments: @escaping @Sendable (inout Int) -> (suspends: Bool?, ends: Bool),
        _ check: @escaping @Sendable (JobWatch, _ minted: Int) -> Void
    ) async throws {
        var filled = FakeRepository.State()
        for number in 1...Int64(5) {
            filled.issues.append(SampleIssue(number))
            filled.comments.append((number, SampleComment(number * 10)))
        }
        let repository = FakeRepository(rocket, filled)
        let state = Mutex((State(), asked: 0))
        let handler: FakeServer.Handler = { request in
            state.withLock { state in
                if request.parameter("sort") == "updated" && request.path.hasSuffix("/comments")
                    || state.0.isSuspended
                {
                    let change = onComments(&state.asked)
                    state.0.isSuspended = change.suspends ?? state.0.isSuspended
                    if change.ends { state.0.ended = state.0.minted }
                }
                return answer(request, &state.0, repository)
            }
        }
        let key = FileManager.default.temporaryDirectory.appending(path: "key-\(UUID())")
        defer { try? FileManager.default.removeItem(at: key) }
        try await FakeServer.run(handler) { server in
            let settings = try settings(server, key: key)
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(rocket.id, rocket.fullName)
                let words = ["import", "--repository", rocket.fullName, "--no-wait"]
                #expect(try await CommandsRun.worker(words, on: database).status == 0)
                let worker = try await WorkerProgram(database, settings)
                let watch = try #require(try await JobWatch.end(of: connection), "\(worker.program.text.suffix(2000))")
                #expect(watch.status == "completed", "\(watch)")
                check(watch, state.withLock { $0.0.minted })
                #expect(try await eventually { try await connection.isDrained() })
                #expect(try await connection.numbers() == Array(1...5))
                #expect(try await connection.commentCount() == 5)
                #expect(!worker.program.text.contains("ghs_") && !worker.program.text.contains("PRIVATE"))
                #expect(try await worker.stop() == 0)
            }
        }
    }

    /// For a while the token that all have is good for nothing, or there is none.
    @Test(arguments: [false, true]) func `an import outlives the suspension of the App`(endsToken: Bool) async throws {
        try await Self.withImport { asked in
            asked += 1
            return (asked < 4, ends: endsToken && asked == 1)
        } _: { watch, minted in
            #expect(watch.errors.contains("GitHub forbids it: This installation has been suspended"))
            #expect(watch.retries > 0 && minted == (endsToken ? 2 : 1))
        }
    }

    @Test func `a token that ends within an import is replaced unnoticed`() async throws {
        try await Self.withImport { asked in
            asked += 1
            return (nil, ends: asked == 1)
        } _: { watch, minted in
            #expect(watch.errors.filter { !$0.hasPrefix("what was read") } == [])
            #expect(watch.retries == 0 && minted == 2)
        }
    }
}
