import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Sync
@testable import Worker

/// The sync rules on a real database, one sentence each; every test ends with Plane's own rules checked.
@Suite struct SyncTests {
    @Test func `an opened issue becomes an issue in the default state`() async throws {
        try await SyncBench.with { bench in
            let id = try await bench.deliver(SampleIssue(1).event("opened"))
            try await bench.drain()

            let issue = try #require(try await bench.issues().first)
            #expect(issue.number == 1)
            #expect(issue.name == "A title")
            #expect(issue.html == ActionScene.author + "<p>Some text</p>")
            #expect(issue.state == "Backlog")
            let event = try await bench.event(id)
            #expect(event.status == .completed)
            #expect(event.result?.contains("created GH-1 in Backlog") == true)
        }
    }

    @Test func `a life of edits ends as GitHub shows it`() async throws {
        try await SyncBench.with { bench in
            var issue = SampleIssue(1)
            issue.author = .octocat
            issue.labels = [SampleLabel(1, "bug")]
            try await bench.deliver(issue.event("opened"))
            issue.title = "Another title"
            issue.body = nil
            issue.assignees = [.octocat]
            issue.updatedAt = SampleIssue.time(10)
            try await bench.deliver(issue.event("edited"))
            issue.labels = [SampleLabel(2, "ui")]
            issue.state = "closed"
            issue.stateReason = "completed"
            issue.closedAt = SampleIssue.time(20)
            issue.updatedAt = SampleIssue.time(20)
            try await bench.deliver(issue.event("closed"))
            try await bench.drain(batch: 1)

            let stored = try #require(try await bench.issues().first)
            #expect(stored.name == "Another title")
            #expect(stored.html == "<p></p>")
            #expect(stored.state == "Done")
            #expect(stored.completedAt == Timestamp(iso: SampleIssue.time(20)))
            #expect(stored.labels == ["ui"])
            #expect(stored.assignees == ["octocat"])
        }
    }

    @Test(arguments: [
        ("completed", "Done"), ("not_planned", "Cancelled"), ("duplicate", "Cancelled"), ("invented", "Done"),
    ])
    func `a closed issue goes to the state of its reason`(reason: String, state: String) async throws {
        try await SyncBench.with { bench in
            var issue = SampleIssue(1)
            issue.state = "closed"
            issue.stateReason = reason
            issue.closedAt = SampleIssue.time(5)
            try await bench.deliver(issue.event("closed"))
            try await bench.drain()
            #expect(try await bench.issues().map(\.state) == [state])
        }
    }

    @Test func `a reopened issue goes back to the default state and is no longer completed`() async throws {
        try await SyncBench.with { bench in
            var issue = SampleIssue(1)
            issue.state = "closed"
            issue.closedAt = SampleIssue.time(5)
            try await bench.deliver(issue.event("closed"))
            try await bench.drain()
            issue.state = "open"
            issue.stateReason = "reopened"
            issue.closedAt = nil
            issue.updatedAt = SampleIssue.time(10)
            try await bench.deliver(issue.event("reopened"))
            try await bench.drain()

            let stored = try #require(try await bench.issues().first)
            #expect(stored.state == "Backlog")
            #expect(stored.completedAt == nil)
        }
    }

    @Test func `an older snapshot that comes late changes nothing`() async throws {
        try await SyncBench.with { bench in
            var issue = SampleIssue(1)
            issue.updatedAt = SampleIssue.time(100)
            issue.title = "New"
            try await bench.deliver(issue.event("edited"))
            try await bench.drain()
            issue.updatedAt = SampleIssue.time(50)
            issue.title = "Old"
            let late = try await bench.deliver(issue.event("opened"))
            try await bench.drain()

            #expect(try await bench.issues().map(\.name) == ["New"])
            #expect(try await bench.event(late).result?.contains("superseded") == true)
        }
    }

    @Test func `of two snapshots of one second the later received wins`() async throws {
        try await SyncBench.with { bench in
            var issue = SampleIssue(1)
            issue.title = "First"
            try await bench.deliver(issue.event("opened"))
            issue.title = "Second"
            try await bench.deliver(issue.event("edited"))
            try await bench.drain(batch: 1)
            #expect(try await bench.issues().map(\.name) == ["Second"])
        }
    }

    @Test func `what a Plane user changed survives an unrelated event`() async throws {
        try await SyncBench.with { bench in
            var issue = SampleIssue(1)
            issue.labels = [SampleLabel(1, "bug")]
            issue.assignees = [.octocat]
            try await bench.deliver(issue.event("opened"))
            try await bench.drain()
            try await bench.connection.editAsPlaneUser()
            issue.labels.append(SampleLabel(2, "ui"))
            issue.updatedAt = SampleIssue.time(10)
            try await bench.deliver(issue.event("labeled"))
            try await bench.drain()

            let stored = try #require(try await bench.issues().first)
            #expect(stored.name == "Renamed in Plane")
            #expect(stored.state == "In Progress")
            #expect(stored.labels == ["ui"])
            #expect(stored.assignees == [])
        }
    }

    @Test func `a deleted issue is gone with all that hangs on it and nothing revives it`() async throws {
        try await SyncBench.with { bench in
            var issue = SampleIssue(1)
            issue.labels = [SampleLabel(1, "bug")]
            issue.assignees = [.octocat]
            try await bench.deliver(issue.event("created", SampleComment(7)), .issueComment)
            try await bench.drain()
            #expect(try await bench.comments().count == 1)
            try await bench.deliver(issue.event("deleted"))
            try await bench.drain()
            issue.updatedAt = SampleIssue.time(1000)
            try await bench.deliver(issue.event("edited"))
            try await bench.deliver(issue.event("created", SampleComment(8)), .issueComment)
            try await bench.drain()

            #expect(try await bench.issues() == [])
            #expect(try await bench.comments() == [])
        }
    }

    @Test func `a comment that comes before its issue brings it along`() async throws {
        try await SyncBench.with { bench in
            var comment = SampleComment(7)
            comment.body = "Me too"
            let id = try await bench.deliver(SampleIssue(1).event("created", comment), .issueComment)
            try await bench.drain()

            #expect(try await bench.issues().map(\.name) == ["A title"])
            let stored = try #require(try await bench.comments().first)
            #expect(stored.html.contains("https://github.com/stranger"))
            #expect(stored.html.hasSuffix("<p>Me too</p>"))
            #expect(stored.author == "GitHub")
            #expect(try await bench.event(id).result?.contains("comment added") == true)
        }
    }

    @Test func `a comment of a Plane user is theirs, edited and then deleted for good`() async throws {
        try await SyncBench.with { bench in
            var comment = SampleComment(7)
            comment.author = .octocat
            try await bench.deliver(SampleIssue(1).event("created", comment), .issueComment)
            comment.body = "Better"
            comment.updatedAt = SampleIssue.time(30)
            try await bench.deliver(SampleIssue(1).event("edited", comment), .issueComment)
            try await bench.drain(batch: 1)
            let stored = try #require(try await bench.comments().first)
            #expect(stored.html == "<p>Better</p>")
            #expect(stored.author == "octocat")
            #expect(stored.editedAt == Timestamp(iso: SampleIssue.time(30)))

            try await bench.deliver(SampleIssue(1).event("deleted", comment), .issueComment)
            try await bench.drain()
            comment.updatedAt = SampleIssue.time(60)
            try await bench.deliver(SampleIssue(1).event("edited", comment), .issueComment)
            try await bench.drain()
            #expect(try await bench.comments() == [])
        }
    }

    @Test func `every project that follows the repository gets the issue`() async throws {
        try await SyncBench.with { bench in
            let rocket = SampleRepository.rocket
            _ = try await bench.connection.connectRepository(rocket.id, rocket.fullName, to: .second)
            let id = try await bench.deliver(SampleIssue(1).event("opened"))
            try await bench.drain()
            #expect(try await bench.issues().map(\.number) == [1, 1])
            let result = try #require(try await bench.event(id).result)
            #expect(result.contains("\"GH-1\""))
            #expect(result.contains("\"SEC-1\""))
        }
    }

    @Test func `an event of a repository nobody follows is ignored`() async throws {
        try await SyncBench.with { bench in
            let id = try await bench.deliver(SampleIssue(1, repository: .shuttle).event("opened", in: .shuttle))
            try await bench.drain()
            #expect(try await bench.issues() == [])
            #expect(try await bench.event(id).result?.contains("not connected") == true)
        }
    }

    @Test func `a payload that cannot be used fails alone`() async throws {
        try await SyncBench.with { bench in
            let bad = try await bench.deliver(
                Array(
                    #"{"action":"opened","repository":{"id":1,"full_name":"a/b"},"issue":{"id":"x"}}"#.utf8
                )
            )
            try await bench.deliver(SampleIssue(1).event("opened"))
            try await bench.drain()
            let event = try await bench.event(bad)
            #expect(event.status == .failed)
            #expect(event.error?.contains("issue.id: expected a whole number") == true)
            #expect(try await bench.issues().count == 1)
        }
    }

    @Test func `a pull request is not an issue`() async throws {
        try await SyncBench.with { bench in
            var issue = SampleIssue(1)
            issue.isPullRequest = true
            let id = try await bench.deliver(issue.event("created", SampleComment(1)), .issueComment)
            try await bench.drain()
            #expect(try await bench.issues() == [])
            #expect(try await bench.event(id).result?.contains("about a pull request") == true)
        }
    }

    @Test func `an issue deleted in Plane stays deleted`() async throws {
        try await SyncBench.with { bench in
            var issue = SampleIssue(1)
            try await bench.deliver(issue.event("opened"))
            try await bench.drain()
            try await bench.connection.deleteIssuesAsPlaneDoes()
            issue.title = "Edited on GitHub"
            issue.updatedAt = SampleIssue.time(10)
            let id = try await bench.deliver(issue.event("edited"))
            try await bench.drain()
            #expect(try await bench.issues() == [])
            #expect(try await bench.event(id).result?.contains("deleted in Plane") == true)
        }
    }

    @Test func `a batch ends as the same deliveries one by one`() async throws {
        let seen = Mutex<[[StoredIssue]]>([])
        for batch in [1, 3, 64] {
            try await SyncBench.with { bench in
                for number in Int64(1)...5 {
                    var issue = SampleIssue(number)
                    issue.labels = [SampleLabel(1, "bug"), SampleLabel(number + 10, "label \(number)")]
                    try await bench.deliver(issue.event("opened"))
                    issue.updatedAt = SampleIssue.time(5)
                    issue.labels = [SampleLabel(1, "bug")]
                    issue.title = "Edited \(number)"
                    try await bench.deliver(issue.event("unlabeled"))
                    try await bench.deliver(issue.event("created", SampleComment(number)), .issueComment)
                }
                try await bench.drain(batch: batch)
                #expect(try await bench.comments().count == 5)
                let issues = try await bench.issues()
                seen.withLock { $0.append(issues) }
            }
        }
        let all = seen.withLock { $0 }
        #expect(all[0].count == 5)
        #expect(all[0] == all[1])
        #expect(all[0] == all[2])
    }
}

extension Connection {
    fileprivate func editAsPlaneUser() throws {
        try run([
            """
            update public.issues set name = 'Renamed in Plane', state_id = (
                select s.id from public.states as s where s.project_id = issues.project_id and s.name = 'In Progress'
            )
            """,
            "update public.issue_labels set deleted_at = now()",
            "update public.issue_assignees set deleted_at = now()",
        ])
    }

    fileprivate func deleteIssuesAsPlaneDoes() throws {
        try run([
            "update public.issues set deleted_at = now()",
            "update public.issue_links set deleted_at = now()",
            "update public.github_issue_syncs set deleted_at = now()",
            "update public.issue_sequences set issue_id = null",
        ])
    }
}
