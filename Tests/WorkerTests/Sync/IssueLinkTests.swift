import Base
import TestSupport
import Testing

@testable import Database
@testable import Worker

/// The link from an issue in Plane to its page on the dashboard.
@Suite(.timeLimit(.minutes(10))) struct IssueLinkTests {
    private static let settings = #"{"issue_link": "https://sync.example.com"}"#
    private static let page = "https://sync.example.com/issues/acme/rocket/1"

    private static func issue(_ title: String = "A title", _ number: Int64 = 1, at seconds: Int = 0) -> SampleIssue {
        var issue = SampleIssue(number)
        (issue.title, issue.updatedAt) = (title, SampleIssue.time(seconds))
        return issue
    }

    @Test func `without the setting there is none`() async throws {
        try await SyncBench.with { bench in
            try await bench.deliver(Self.issue().event("opened"))
            try await bench.drain()
            #expect(try await bench.connection.pages() == [])
            #expect(try await bench.links(1) == ["acme/rocket#1"])
        }
    }

    @Test func `each new issue gets one, whatever happens to it later`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(Self.settings)
            try await bench.deliver(Self.issue().event("opened"))
            try await bench.deliver(Self.issue("A title", 2).event("opened"))
            try await bench.drain()
            try await bench.deliver(Self.issue("Another", at: 5).event("edited"))
            try await bench.deliver(Self.issue("Another", at: 6).event("created", SampleComment(7)), .issueComment)
            try await bench.drain()
            #expect(
                try await bench.connection.pages() == [Self.page, "https://sync.example.com/issues/acme/rocket/2"]
            )
            #expect(try await bench.links(1) == ["What happened to this issue", "acme/rocket#1"])
            // It is nobody's edit.
            #expect(try await bench.history(2).count == 1)
        }
    }

    @Test func `an issue that is there already gets it with its next change, and stays as it is otherwise`()
        async throws
    {
        try await SyncBench.with { bench in
            try await bench.deliver(Self.issue().event("opened"))
            try await bench.drain()
            try await bench.configure(Self.settings)
            #expect(try await bench.connection.pages() == [])
            let before = try await bench.connection.rowVersions()
            // Only the time is another one.
            try await bench.deliver(Self.issue(at: 5).event("edited"))
            try await bench.drain()
            #expect(try await bench.connection.pages() == [Self.page])
            #expect(try await bench.connection.rowVersions() == before)
            #expect(try await bench.history(1).count == 1)
        }
    }

    @Test(arguments: [
        "update public.issue_links set deleted_at = now() where url like 'https://sync.%'",
        // As Plane does when it was deleted for long.
        "delete from public.issue_links where url like 'https://sync.%'",
    ])
    func `one that somebody removed stays away`(_ removal: String) async throws {
        try await SyncBench.with { bench in
            try await bench.configure(Self.settings)
            try await bench.deliver(Self.issue().event("opened"))
            try await bench.drain()
            try await bench.connection.runScript(removal, within: .seconds(60))
            try await bench.deliver(Self.issue("Another", at: 5).event("edited"))
            try await bench.drain()
            try await bench.configure(#"{"issue_link": "https://elsewhere.example.com"}"#)
            try await bench.deliver(Self.issue("A third", at: 6).event("edited"))
            try await bench.drain()
            #expect(try await bench.issues().map(\.name) == ["A third"])
            #expect(try await bench.connection.pages() == [])
        }
    }

    @Test func `it follows the address of the dashboard, but not over what somebody wrote`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(Self.settings)
            for number in 1...2 { try await bench.deliver(Self.issue("A title", Int64(number)).event("opened")) }
            try await bench.drain()
            try await bench.connection.execute(
                "update public.issue_links set url = 'https://mine.example.com' where url like '%/rocket/2' and url like '%sync%'"
            )
            try await bench.configure(#"{"issue_link": "http://127.0.0.1:8090/sync"}"#)
            for number in 1...2 {
                try await bench.deliver(Self.issue("Another", Int64(number), at: 5).event("edited"))
            }
            try await bench.drain()
            #expect(
                try await bench.connection.pages()
                    == ["http://127.0.0.1:8090/sync/issues/acme/rocket/1", "https://mine.example.com"]
            )
            // Turned off, it stays, and no new one comes.
            try await bench.configure("{}")
            try await bench.deliver(Self.issue("A third", 3).event("opened"))
            try await bench.drain()
            #expect(try await bench.connection.pages().count == 2)
        }
    }

    @Test func `it goes with its issue`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(Self.settings)
            try await bench.deliver(Self.issue().event("opened"))
            try await bench.drain()
            #expect(try await bench.connection.pages() == [Self.page])
            try await bench.deliver(Self.issue(at: 5).event("deleted"))
            try await bench.drain()
            #expect(try await bench.connection.pages() == [])
        }
    }

    @Test func `each project that follows the repository has its own`() async throws {
        try await SyncBench.with { bench in
            let rocket = SampleRepository.rocket
            _ = try await bench.connection.connectRepository(rocket.id, rocket.fullName, to: .second)
            try await bench.configure(Self.settings)
            try await bench.deliver(Self.issue().event("opened"))
            try await bench.drain()
            #expect(try await bench.connection.pages() == [Self.page, Self.page])
        }
    }
}

extension Connection {
    /// The addresses of live links of that title, in order.
    fileprivate func pages() throws -> [String] {
        try run(
            """
            select url from public.issue_links
            where title = 'What happened to this issue' and deleted_at is null
            order by url
            """
        ).map { try $0.get("url") }
    }

    /// The rows of issues as they were written last.
    fileprivate func rowVersions() throws -> [String] {
        try run("select id || ' ' || xmin as version from public.issues order by id").map { try $0.get("version") }
    }
}
