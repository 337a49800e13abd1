import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// A token is revoked, and renewed: what people do in Plane meanwhile waits, and no object is to blame.
@Suite(.timeLimit(.minutes(6))) struct OutboundTokenTests {
    /// The token that GitHub takes; nil when it takes none.
    private final class Keeper: Sendable {
        private let state = Mutex<(token: String?, refused: Int)>(("ghp_old", 0))

        var refused: Int { state.withLock { $0.refused } }

        func take(_ token: String?) { state.withLock { $0.token = token } }

        func handler(_ repository: FakeRepository) -> FakeServer.Handler {
            { [self] request in
                let isTaken = state.withLock { state in
                    if state.token != request.token { state.refused += 1 }
                    return state.token == request.token
                }
                return isTaken
                    ? repository.handler(request) : .answer(401, [:], "{\"message\":\"Bad credentials\"}")
            }
        }
    }

    @Test func `a token may be put back, or another one put into its file`() async throws {
        let (repository, keeper) = (OutboundBench.filled(2), Keeper())
        let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)")
        try "ghp_old\n".write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        try await OutboundBench.run(
            repository,
            ["--outbound", "all"],
            handler: keeper.handler(repository),
            credentials: ["GITHUB_TOKEN_FILE": file.path]
        ) { bench in
            let connection = bench.connection
            func edit(_ name: String, count: Int) async throws {
                try await connection.change(
                    "update public.issues set name = \(name + " ") || sequence_id where sequence_id < 3"
                )
                try await connection.makePlaneIssue(name)
                #expect(try await eventually { try await connection.waiting() == 3 })
                let before = keeper.refused
                try await connection.letPass(60)
                #expect(try await eventually { try await connection.obstacles() > 0 })
                #expect(keeper.refused > before)
                #expect(try await connection.blamedObjects() == [])
                #expect(repository.now.writes.count == count)
            }
            func expectSent(_ names: [String], count: Int) async throws {
                try await bench.expectRecovery { $0.issues.map(\.title) == names }
                #expect(repository.now.writes.count == count && repository.now.writesWithoutEffect == 0)
                #expect(try await connection.blamedObjects() == [])
                #expect(try await connection.planeTitles() == names)
            }
            keeper.take(nil)
            try await edit("Once", count: 0)
            // The worker itself goes on with the same token.
            keeper.take("ghp_old")
            try await expectSent(["Once 1", "Once 2", "Once"], count: 3)

            keeper.take("ghp_new")
            try await edit("Twice", count: 3)
            // A worker reads the file when it starts.
            try "ghp_new\n".write(to: file, atomically: true, encoding: .utf8)
            #expect(try await bench.worker.stop() == 0)
            let heir = try await WorkerProgram(bench.database, bench.settings)
            try await expectSent(["Twice 1", "Twice 2", "Once", "Twice"], count: 6)
            #expect(try await heir.stop() == 0)
        }
    }
}

extension Connection {
    /// Objects that met an obstacle and wait for its end.
    fileprivate func obstacles() throws -> Int {
        try value(
            """
            select count(*) as value from github_sync.github_outbound
            where status = 'pending' and error_message is not null
            """
        )
    }

    /// Objects that wait.
    fileprivate func waiting() throws -> Int {
        try value("select count(*) as value from github_sync.github_outbound where status <> 'completed'")
    }
}
