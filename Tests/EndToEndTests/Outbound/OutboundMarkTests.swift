import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// The mark by which something made in Plane is found again on GitHub counts only in what the sync itself wrote: where a
/// person pastes it, there is a copy.
@Suite(.timeLimit(.minutes(6))) struct OutboundMarkTests {
    private static let all = ["--outbound", "all", "--outbound-comments", "all"]

    /// An API that loses what is to be created, until told otherwise.
    private final class Losing: Sendable {
        private let isOn = Mutex(true)

        func end() { isOn.withLock { $0 = false } }

        func handler(_ repository: FakeRepository) -> FakeServer.Handler {
            { [self] request in
                let isLost = request.method == "POST" && isOn.withLock { $0 }
                return isLost ? .close : repository.handler(request)
            }
        }
    }

    @Test func `a mark that a person pastes once its object is on GitHub makes a copy`() async throws {
        try await OutboundBench.run(OutboundBench.filled(1), Self.all) { bench in
            try await bench.connection.makePlaneIssue("Made in Plane")
            try await bench.connection.makePlaneComment("Written in Plane", on: "Made in Plane")
            try await bench.expect { $0.issues.count == 2 && $0.comments.count == 1 }
            let (body, comment) = (bench.repository.now.issues[1].body, bench.repository.now.comments[0].comment.body)
            bench.onGitHub { repository, state in
                _ = repository.open("Pasted", body, by: .octocat, &state)
                repository.edit(1, [.body(body)], by: .octocat, &state)
                _ = repository.comment(comment, on: 2, by: .octocat, &state)
            }
            let writes = bench.repository.now.writes
            try await bench.importAll()
            try await bench.waitForLooks()
            #expect(try await bench.connection.planeTitles() == ["Issue 1", "Made in Plane", "Pasted"])
            #expect(try await bench.differences() == [])
            #expect(bench.repository.now.writes == writes)
            // Each side has its own still.
            try await bench.connection.change(
                "update public.issues set name = name || ' again'",
                "update public.issue_comments set deleted_at = now() where external_source is null"
            )
            try await bench.expect { state in
                state.issues.map(\.title) == ["Issue 1 again", "Made in Plane again", "Pasted again"]
                    && state.comments.map(\.comment.author) == [.octocat]
            }
        }
    }

    @Test func `a mark that a person pastes while nobody knows whether its object was made makes a copy`()
        async throws
    {
        let (repository, losing) = (OutboundBench.filled(1), Losing())
        try await OutboundBench.run(repository, Self.all, handler: losing.handler(repository)) { bench in
            let connection = bench.connection
            let (issue, comment) = (UUID(), UUID())
            try await connection.makePlaneIssue("Made in Plane", id: issue)
            try await connection.makePlaneComment("Written in Plane", on: "Issue 1", id: comment)
            try await bench.expectDoubts(2)
            bench.onGitHub { repository, state in
                _ = repository.open("Pasted", Self.mark("issue", issue), by: .octocat, &state)
                _ = repository.comment(Self.mark("comment", comment), on: 1, by: .octocat, &state)
            }
            try await bench.importAll()
            #expect(try await connection.planeTitles() == ["Issue 1", "Made in Plane", "Pasted"])
            losing.end()
            // GitHub's lists may not show at once what was made, so for a minute nothing is made again.
            try await connection.letPass(70)
            try await bench.expect { $0.issues.count == 3 && $0.comments.count == 2 }
            #expect(repository.now.issues.map(\.title) == ["Issue 1", "Pasted", "Made in Plane"])
            #expect(repository.now.comments[1].comment.author == FakeRepository.machine)
            try await bench.importAll()
            #expect(try await bench.differences() == [])
            try await connection.change("update public.issues set name = 'Renamed' where name = 'Made in Plane'")
            try await bench.expect { $0.issues.map(\.title) == ["Issue 1", "Pasted", "Renamed"] }
        }
    }

    @Test func `a mark in a text of Plane is a text, also where it is the end of what the sync writes`() async throws {
        // Opened by whom the token belongs to, by hand.
        let repository = OutboundBench.filled(2) { $0.author = FakeRepository.machine }
        let losing = Losing()
        let handler = losing.handler(repository)
        // Plane's sanitizer lets no comment of HTML through; SQL does.
        try await OutboundBench.run(repository, Self.all, handler: handler, keepsRules: false) { bench in
            let connection = bench.connection
            let issue = UUID()
            try await connection.makePlaneIssue("Made in Plane", id: issue)
            try await bench.expectDoubts(1)
            let mark = Self.mark("issue", issue)
            let html = mark.replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            try await connection.change(
                """
                update public.issues
                set description_html = '<p>Seen:</p><p>' || \(html) || '</p>', description_stripped = 'Seen:' || \(mark)
                where name = 'Issue 1'
                """,
                """
                update public.issues
                set description_html = '<p>Hidden:</p>' || \(mark), description_stripped = 'Hidden:'
                where name = 'Issue 2'
                """
            )
            try await connection.letPass(20)
            try await bench.expectBody(of: 1) { $0.contains("Seen") }
            try await bench.expectBody(of: 2) { $0.contains("Hidden") }
            losing.end()
            try await connection.letPass(70)
            try await bench.expect { $0.issues.count == 3 }
            try await bench.importAll()
            #expect(try await connection.planeTitles() == ["Issue 1", "Issue 2", "Made in Plane"])
            try await connection.change("update public.issues set name = name || ' again'")
            let titles = ["Issue 1 again", "Issue 2 again", "Made in Plane again"]
            try await bench.expect { $0.issues.map(\.title) == titles }
        }
    }

    private static func mark(_ kind: String, _ id: UUID) -> String {
        "<!-- plane:\(kind):\(id.uuidString.lowercased()) -->"
    }
}

extension OutboundBench {
    /// Expects that it comes to be unknown of so many objects whether GitHub has them.
    fileprivate func expectDoubts(_ count: Int) async throws {
        let areOpen = try await eventually(within: .seconds(60)) {
            let open: Int = try await connection.value(
                """
                select count(*) as value from github_sync.github_outbound
                where creation is not null and status = 'pending'
                """
            )
            return open == count
        }
        #expect(areOpen, "\(worker.program.text.suffix(3_000))")
    }

    fileprivate func expectBody(of number: Int, _ condition: @escaping @Sendable (String) -> Bool) async throws {
        let isMet = try await eventually(within: .seconds(60)) {
            condition(repository.now.issues[number - 1].body ?? "")
        }
        #expect(isMet, "\(repository.now.issues[number - 1]) \(worker.program.text.suffix(3_000))")
    }
}
