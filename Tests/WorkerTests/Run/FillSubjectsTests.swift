import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Run

@Suite(.timeLimit(.minutes(10))) struct FillSubjectsTests {
    private static let later = ContinuousClock.Instant.now + .seconds(600)

    @Test func `what older programs stored is filled in, whatever is in it, and then there is nothing left`()
        async throws
    {
        try await SyncBench.with { bench in
            for number in Int64(1)...7 { try await bench.deliver(SampleIssue(number).event("opened", by: .octocat)) }
            let label = try await bench.deliver(Array(#"{"label":{}}"#.utf8), .label)
            // PostgreSQL's own functions refuse this one.
            let odd = #"{"issue":{"number":9,"title":"\u0000"},"sender":null}"#
            let strange = try await bench.deliver(Array(odd.utf8))
            let filled = try await bench.connection.fillSubjects(portion: 2, until: Self.later)
            #expect(filled == 9)
            let rows = try await bench.connection.subjects()
            #expect(rows == (1...7).map { "\($0) octocat" } + ["none ", "9 "])
            #expect(label < strange)
            #expect(try await bench.connection.fillSubjects(until: Self.later) == 0)
        }
    }

    @Test func `a portion is not exceeded when the time is over, and the newest events come first`() async throws {
        try await SyncBench.with { bench in
            for number in Int64(1)...5 { try await bench.deliver(SampleIssue(number).event("opened", by: .octocat)) }
            #expect(try await bench.connection.fillSubjects(portion: 2, until: .now) == 2)
            #expect(
                try await bench.connection.subjects() == ["unread", "unread", "unread", "4 octocat", "5 octocat"]
            )
        }
    }

    @Test func `a row that another session has locked waits, and so does nobody`() async throws {
        try await SyncBench.with { bench in
            let held = try await bench.deliver(SampleIssue(1).event("opened", by: .octocat))
            try await bench.deliver(SampleIssue(2).event("opened", by: .octocat))
            let other = bench.database.connection()
            try await other.execute("begin")
            try await other.execute("select id from github_sync.github_webhook_events where id = \(held) for update")
            #expect(try await bench.connection.fillSubjects(until: .now + .milliseconds(1)) == 1)
            try await other.execute("rollback")
            #expect(try await bench.connection.fillSubjects(until: Self.later) == 1)
        }
    }
}

extension Connection {
    fileprivate func subjects() throws -> [String] {
        try run(
            """
            select coalesce(coalesce(subject_number::text, 'none') || ' ' || sender_login, 'unread') as words
            from github_sync.github_webhook_events order by id
            """
        ).map { try $0.get("words") }
    }
}
