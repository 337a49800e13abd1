import Foundation
import TestSupport
import Testing

@testable import Base
@testable import GitHub
@testable import Queue
@testable import Sync
@testable import Worker

/// The reduction of a batch to the newest snapshot per object, in every order of its events.
@Suite struct SyncBatchTests {
    private static let repository = SampleRepository.rocket

    /// What a delivery shows; `event` orders the ids as ingest does.
    private static func seen(
        _ issue: SampleIssue,
        _ action: String,
        comment: SampleComment? = nil,
        event: UInt64,
        in repository: SampleRepository = repository
    ) throws -> RoutedDelivery {
        let payload =
            comment.map { issue.event(action, $0, in: repository) } ?? issue.event(action, in: repository)
        let claimed = ClaimedEvent(
            id: UUID(high: event, low: 0),
            deliveryID: "d",
            type: comment == nil ? "issues" : "issue_comment",
            payload: payload,
            retries: 0,
            crashes: 0,
            age: .zero
        )
        guard case .sync(let delivery) = Route(claimed) else { throw Unroutable() }
        return delivery
    }

    private struct Unroutable: Error {}

    private static func issue(_ title: String, at seconds: Int = 0) -> SampleIssue {
        var issue = SampleIssue(1)
        issue.title = title
        issue.updatedAt = SampleIssue.time(seconds)
        return issue
    }

    private static func comment(_ body: String, at seconds: Int = 0) -> SampleComment {
        var comment = SampleComment(5)
        comment.body = body
        comment.updatedAt = SampleIssue.time(seconds)
        return comment
    }

    /// Every order of up to four events.
    private static func orders(_ events: [RoutedDelivery]) -> [[RoutedDelivery]] {
        guard events.count > 1 else { return [events] }
        return events.indices.flatMap { first in
            var rest = events
            let event = rest.remove(at: first)
            return orders(rest).map { [event] + $0 }
        }
    }

    @Test func `the newest snapshot of an issue wins, whatever the order of its events`() throws {
        let events = [
            try Self.seen(Self.issue("old", at: 0), "opened", event: 9),
            try Self.seen(Self.issue("new", at: 60), "edited", event: 1),
            try Self.seen(Self.issue("middle", at: 30), "edited", event: 5),
        ]
        for order in Self.orders(events) {
            #expect(NewestSnapshots(order).issues.map(\.issue.title) == ["new"])
        }
    }

    @Test func `of snapshots of one second the one received last wins`() throws {
        let events = [
            try Self.seen(Self.issue("first"), "opened", event: 0x7F),
            try Self.seen(Self.issue("third"), "edited", event: 0xF0),
            try Self.seen(Self.issue("second"), "edited", event: 0x80),
        ]
        for order in Self.orders(events) {
            #expect(NewestSnapshots(order).issues.map(\.issue.title) == ["third"])
        }
    }

    @Test(arguments: ["deleted", "transferred"])
    func `a tombstone beats every snapshot, newer ones too`(action: String) throws {
        let events = [
            try Self.seen(Self.issue("gone", at: 10), action, event: 2),
            try Self.seen(Self.issue("newer", at: 500), "edited", event: 3),
            try Self.seen(Self.issue("older", at: 0), "opened", event: 1),
        ]
        for order in Self.orders(events) {
            #expect(NewestSnapshots(order).issues.map(\.isGone) == [true])
        }
    }

    @Test func `of two tombstones the newer one wins`() throws {
        let events = [
            try Self.seen(Self.issue("a", at: 10), "deleted", event: 2),
            try Self.seen(Self.issue("b", at: 20), "deleted", event: 1),
        ]
        for order in Self.orders(events) {
            #expect(NewestSnapshots(order).issues.map(\.issue.title) == ["b"])
        }
    }

    @Test func `a comment is chosen by its own time and its tombstone, not by its issue's`() throws {
        let new = Self.comment("new", at: 60)
        let events = [
            try Self.seen(Self.issue("issue's newest", at: 900), "created", comment: Self.comment("old"), event: 1),
            try Self.seen(Self.issue("x", at: 60), "edited", comment: new, event: 2),
            try Self.seen(Self.issue("x", at: 30), "edited", comment: Self.comment("tie", at: 60), event: 3),
        ]
        for order in Self.orders(events) {
            let batch = NewestSnapshots(order)
            #expect(batch.comments.map(\.comment.body) == ["tie"])
            #expect(batch.issues.map(\.issue.title) == ["issue's newest"])
        }
        let gone = try Self.seen(Self.issue("x"), "deleted", comment: Self.comment("gone"), event: 0)
        for order in Self.orders(events + [gone]) {
            let batch = NewestSnapshots(order)
            #expect(batch.comments.map(\.isGone) == [true])
            #expect(batch.issues.map(\.isGone) == [false])
        }
    }

    @Test func `the same ids in two repositories are two objects`() throws {
        let (rocket, shuttle) = (SampleRepository.rocket, SampleRepository.shuttle)
        let comment = Self.comment("c")
        let seen = [
            try Self.seen(Self.issue("shuttle's", at: 9), "created", comment: comment, event: 1, in: shuttle),
            try Self.seen(Self.issue("rocket's"), "created", comment: comment, event: 2, in: rocket),
        ]
        let batch = SyncBatch(seen)
        let id = SampleIssue(1).id
        let keys = [rocket, shuttle].map { GitHubKey(repositoryID: $0.id, id: id) }
        #expect(batch.issueKeys == keys)
        let newest = [rocket, shuttle].map { NewestSnapshots(seen, in: $0).issues.map(\.issue.title) }
        #expect(newest == [["rocket's"], ["shuttle's"]])
        #expect(batch.commentKeys == [rocket, shuttle].map { GitHubKey(repositoryID: $0.id, id: 5) })
        #expect(batch.repositoryIDs == [rocket.id, shuttle.id])
    }

    @Test func `the people and labels of a batch are gathered once, in order`() throws {
        var issue = Self.issue("a")
        issue.assignees = [.octocat, .octocat]
        issue.labels = [SampleLabel(3, "bug")]
        let seen = [
            try Self.seen(issue, "opened", event: 1),
            try Self.seen(Self.issue("b", at: -10), "edited", comment: Self.comment("c"), event: 2),
        ]
        let batch = SyncBatch(seen)
        #expect(batch.userIDs == [SampleUser.octocat.id, SampleUser.stranger.id].sorted())
        #expect(batch.labelNames.map(\.text) == ["bug"])
        #expect(SyncBatch([]).issueKeys == [])
    }
}

extension NewestSnapshots {
    /// As a project sees them that follows the repository, and to which nothing was applied yet.
    fileprivate init(_ seen: [RoutedDelivery], in repository: SampleRepository = .rocket) {
        let follower = Follower(
            repositoryID: repository.id,
            repositorySyncID: UUID(),
            projectID: UUID(),
            workspaceID: UUID(),
            identifier: "GH",
            botID: UUID()
        )
        self.init(SyncBatch(seen), for: follower, in: World())
    }

    fileprivate var issues: [IssueSnapshot] {
        self[IssueSnapshot.self].values.compactMap { $0.snapshot as? IssueSnapshot }
    }
    fileprivate var comments: [CommentSnapshot] {
        self[CommentSnapshot.self].values.compactMap { $0.snapshot as? CommentSnapshot }
    }
}
