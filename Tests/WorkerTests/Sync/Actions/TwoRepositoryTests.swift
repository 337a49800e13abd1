import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Worker

/// Two repositories with the same numbers and names in one project.
@Suite struct TwoRepositoryTests {
    private static let rocket = SampleRepository.rocket
    private static let shuttle = SampleRepository.shuttle
    private static let automation = #"{"pull_requests": {"open": "group:started", "merged": "group:completed"}}"#

    private static func issue(_ repository: SampleRepository) -> SampleIssue {
        var issue = SampleIssue(1, repository: repository)
        issue.title = "Of \(repository.fullName)"
        issue.labels = [SampleLabel(repository.id, "bug")]
        return issue
    }

    private static func pull(
        _ repository: SampleRepository,
        _ state: SamplePullRequest.State = .open,
        at second: Int = 0
    )
        -> SamplePullRequest
    {
        var pull = SamplePullRequest(2, repository: repository)
        pull.body = "Fixes #1"
        pull.state = state
        pull.updatedAt = SampleIssue.time(second)
        return pull
    }

    /// A bench with both repositories in the demo project: GH-1 is rocket's, GH-2 shuttle's.
    private static func with(_ body: @Sendable (SyncBench) async throws -> Void) async throws {
        try await SyncBench.with { bench in
            _ = try await bench.connection.connectRepository(shuttle.id, shuttle.fullName)
            try await bench.configure(automation)
            for repository in [rocket, shuttle] {
                try await bench.deliver(issue(repository).event("opened", in: repository))
            }
            try await bench.drain(batch: 1)
            try await body(bench)
        }
    }

    @Test func `issues, comments and links are those of their own repository`() async throws {
        try await Self.with { bench in
            #expect(try await bench.issues().map(\.name) == ["Of acme/rocket", "Of acme/shuttle"])
            let before = try await bench.facts()
            var comment = SampleComment(7)
            comment.author = .octocat
            var closed = Self.issue(Self.shuttle)
            closed.state = "closed"
            closed.closedAt = SampleIssue.time(9)
            closed.updatedAt = SampleIssue.time(9)
            try await bench.deliver(closed.event("created", comment, in: Self.shuttle), .issueComment)
            try await bench.deliver(closed.event("closed", in: Self.shuttle))
            try await bench.drain()
            #expect(
                try await bench.facts().difference(from: before) == [
                    "- GH-2 state Backlog", "+ GH-2 comment by octocat: <p>A comment</p>", "+ GH-2 completed at 9",
                    "+ GH-2 history: created comment → <p>A comment</p>",
                    "+ GH-2 history: updated state: Backlog → Done", "+ GH-2 state Done",
                ]
            )
        }
    }

    @Test(arguments: [1, 64]) func `a pull request closes the issue of its own repository`(batch: Int) async throws {
        try await Self.with { bench in
            let before = try await bench.facts()
            for (repository, state) in [(Self.rocket, SamplePullRequest.State.merged), (Self.shuttle, .open)] {
                let pull = Self.pull(repository, state, at: 4)
                try await bench.deliver(pull.event("opened", in: repository), .pullRequest)
            }
            try await bench.drain(batch: batch)
            let (rocket, shuttle) = ("https://github.com/acme/rocket/pull/2", "https://github.com/acme/shuttle/pull/2")
            #expect(
                try await bench.facts().difference(from: before) == [
                    "- GH-1 state Backlog", "- GH-2 state Backlog", "+ GH-1 completed at 4",
                    "+ GH-1 history: created link → \(rocket)", "+ GH-1 history: updated state: Backlog → Done",
                    "+ GH-1 link acme/rocket#2 A change (merged) \(rocket)", "+ GH-1 state Done",
                    "+ GH-2 history: created link → \(shuttle)", "+ GH-2 history: updated state: Backlog → In Progress",
                    "+ GH-2 link acme/shuttle#2 A change (open) \(shuttle)", "+ GH-2 state In Progress",
                ]
            )
        }
    }

    @Test func `a pull request closes another repository's issue by its full name`() async throws {
        try await Self.with { bench in
            let before = try await bench.facts()
            var pull = Self.pull(Self.shuttle)
            pull.body = "Fixes ACME/rocket#1"
            try await bench.deliver(pull.event("opened", in: Self.shuttle), .pullRequest)
            try await bench.drain()
            let url = "https://github.com/acme/shuttle/pull/2"
            #expect(
                try await bench.facts().difference(from: before) == [
                    "- GH-1 state Backlog", "+ GH-1 history: created link → \(url)",
                    "+ GH-1 history: updated state: Backlog → In Progress",
                    "+ GH-1 link acme/shuttle#2 A change (open) \(url)", "+ GH-1 state In Progress",
                ]
            )
        }
    }

    @Test func `labels of one name are one label, of which neither repository has more than its own part`() async throws
    {
        try await Self.with { bench in
            let before = try await bench.facts()
            #expect(before.lines.filter { $0.hasPrefix("label ") } == ["label bug #d73a4a"])
            var lost: Set<String> = []
            for repository in [Self.rocket, Self.shuttle] {
                let label = SampleLabel(repository.id, "defect")
                let edited = try await bench.deliver(label.event("edited", in: repository), .label)
                let deleted = try await bench.deliver(label.event("deleted", in: repository), .label)
                try await bench.drain(batch: 1)
                let number = repository.id == Self.rocket.id ? 1 : 2
                lost.insert("- GH-\(number) label bug")
                #expect(Set(try await bench.facts().difference(from: before)) == lost)
                for id in [edited, deleted] {
                    let result = try await bench.event(id).result ?? ""
                    #expect(result.contains("label bug"), "\(result)")
                }
            }
        }
    }

    @Test func `a label taken off in one repository stays on the other's issue`() async throws {
        try await Self.with { bench in
            let before = try await bench.facts()
            var issue = Self.issue(Self.rocket)
            issue.labels = []
            issue.updatedAt = SampleIssue.time(3)
            try await bench.deliver(issue.event("unlabeled"))
            try await bench.drain()
            #expect(
                try await bench.facts().difference(from: before) == [
                    "- GH-1 label bug", "+ GH-1 history: updated labels: bug → ",
                ]
            )
        }
    }

    @Test func `an issue deleted in one repository leaves the other's alone`() async throws {
        try await Self.with { bench in
            try await bench.deliver(Self.issue(Self.rocket).event("deleted"))
            try await bench.drain()
            #expect(try await bench.issues().map(\.name) == ["Of acme/shuttle"])
        }
    }
}
