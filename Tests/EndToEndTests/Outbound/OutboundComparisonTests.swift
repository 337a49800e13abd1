import Base
import Database
import Foundation
import TestSupport
import Testing

/// GitHub counts the comments that came from Plane among all others; so does whoever looks for those that are gone.
@Suite(.timeLimit(.minutes(10))) struct OutboundComparisonTests {
    private static let options = ["--outbound", "linked", "--outbound-comments", "all"]

    @Test func `a reconciliation finds a comment from Plane on both sides, and the one that GitHub deleted`()
        async throws
    {
        try await OutboundBench.run(OutboundBench.filled(2), Self.options) { bench in
            func reconcile(_ words: String...) async throws -> String {
                let name = OutboundBench.rocket.fullName
                let run = try await CommandsRun.worker(
                    ["reconcile", "--repository", name] + words,
                    on: bench.database
                )
                #expect(run.status == 0, "\(run.errors)")
                return run.output
            }
            try await bench.connection.makePlaneComment("Stays", on: "Issue 1")
            try await bench.connection.makePlaneComment("Goes", on: "Issue 2")
            try await bench.expect { $0.comments.count == 2 }
            let before = try await reconcile("--report")
            #expect(before == "no differences\n")

            bench.repository.update { state in state.comments.removeAll { $0.issue == 2 } }
            let after = try await reconcile("--report")
            #expect(after == "#2: 0 comments on GitHub, 1 in Plane\n")
            // It is too new to be gone for sure.
            _ = try await reconcile()
            #expect(try await bench.connection.planeComments() == ["Goes", "Stays"])
            try await bench.connection.ageComments()
            _ = try await reconcile()
            #expect(try await bench.connection.planeComments() == ["Stays"])
        }
    }

    @Test func `a sweep finds a deleted comment beside one from Plane of which a webhook tells late`()
        async throws
    {
        let credentials = ["GITHUB_TOKEN": "ghp_test", "GITHUB_SWEEP_SECONDS": "1"]
        try await OutboundBench.run(OutboundBench.filled(2), Self.options, credentials: credentials) { bench in
            let connection = bench.connection
            try await connection.makePlaneComment("From Plane", on: "Issue 1")
            try await bench.expect { $0.comments.count == 1 }
            // A later comment elsewhere: no sweep lists the one from Plane any more.
            bench.repository.update { state in
                var later = SampleComment(98)
                later.createdAt = Date.now.addingTimeInterval(120).formatted(.iso8601)
                later.updatedAt = later.createdAt
                state.comments.append((2, later))
                state.issues[1].updatedAt = later.createdAt
            }
            let isThere = try await eventually(within: .seconds(60)) { try await connection.planeComments().count == 2 }
            #expect(isThere)
            // Some sweeps that are shown nothing new.
            let calls = bench.repository.calls
            #expect(try await eventually(within: .seconds(60)) { bench.repository.calls >= calls + 12 })

            var comment = SampleComment(99)
            comment.createdAt = Date.now.addingTimeInterval(-100).formatted(.iso8601)
            comment.updatedAt = comment.createdAt
            var seed = CommandsSeed()
            (seed.type, seed.action) = (.issueComment, "created")
            seed.payload = String(decoding: bench.repository.now.issues[0].event("created", comment), as: UTF8.self)
            try await connection.insert([seed])
            let isGone = try await eventually(within: .seconds(60)) { try await connection.hasTombstone(ofComment: 99) }
            #expect(isGone, "\(bench.worker.program.text.suffix(2_000))")
            #expect(bench.repository.now.comments.count == 2)
        }
    }
}

extension Connection {
    fileprivate func planeComments() throws -> [String] {
        try values(
            "select comment_stripped as value from public.issue_comments where deleted_at is null order by value"
        )
    }

    /// As if all comments had been written two minutes earlier.
    fileprivate func ageComments() throws {
        try change(
            "update public.issue_comments set created_at = created_at - interval '2 minutes'",
            """
            update github_sync.github_comment_versions
            set github_updated_at = github_updated_at - interval '2 minutes',
                intended_at = intended_at - interval '2 minutes'
            """
        )
    }
}
