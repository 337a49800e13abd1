import Foundation
import TestSupport
import Testing

@testable import GitHub
@testable import Queue
@testable import Sync
@testable import Worker

@Suite struct RouteTests {
    private static func event(_ type: String, _ payload: [UInt8]) -> ClaimedEvent {
        ClaimedEvent(id: UUID(), deliveryID: "d", type: type, payload: payload, retries: 0, crashes: 0, age: .zero)
    }

    @Test(arguments: [
        "opened", "edited", "pinned", "unpinned", "closed", "reopened", "assigned", "unassigned", "labeled",
        "unlabeled", "locked", "unlocked", "milestoned", "demilestoned", "typed", "untyped", "field_added",
        "field_removed", "deleted", "transferred",
    ])
    func `each action on an issue is synced, and two say that it is gone`(action: String) throws {
        let event = Self.event("issues", SampleIssue(7).event(action, by: .octocat))
        let delivery = try Self.delivery(event)
        let seen = try #require(delivery.snapshot(IssueSnapshot.self))
        #expect(seen.eventID == event.id)
        #expect(seen.issue.number == 7)
        #expect(seen.repository.id == SampleRepository.rocket.id)
        #expect(seen.origin.sender?.login == "octocat")
        #expect(delivery.snapshots.count == 1)
        #expect(seen.isGone == (action == "deleted" || action == "transferred"))
    }

    @Test(arguments: ["created", "edited", "deleted", "pinned", "unpinned"])
    func `each action on a comment is synced with its issue`(action: String) throws {
        let event = Self.event("issue_comment", SampleIssue(7).event(action, SampleComment(70)))
        let delivery = try Self.delivery(event)
        let issue = try #require(delivery.snapshot(IssueSnapshot.self))
        #expect(issue.issue.number == 7)
        #expect(!issue.isGone)
        let comment = try #require(delivery.snapshot(CommentSnapshot.self))
        #expect(comment.comment.id == 70)
        #expect(comment.isGone == (action == "deleted"))
        #expect(delivery.snapshots.count == 2)
    }

    @Test(arguments: [
        ("issues", SampleIssue(1).event("escalated"), "unknown action escalated"),
        ("issues", SampleIssue(1).event("created"), "unknown action created"),
        ("issue_comment", SampleIssue(1).event("opened", SampleComment(1)), "unknown action opened"),
        ("push", [], "events of this kind are not synced"),
        ("Issues", SampleIssue(1).event("opened"), "events of this kind are not synced"),
    ])
    func `what is not synced is ignored with its reason`(type: String, payload: [UInt8], reason: String) throws {
        #expect(try Self.ignored(Self.event(type, payload)) == reason)
    }

    @Test func `a pull request in the shape of an issue is ignored, whatever happened to it`() throws {
        var pullRequest = SampleIssue(3)
        pullRequest.isPullRequest = true
        let reason = "about a pull request, not an issue"
        #expect(try Self.ignored(Self.event("issues", pullRequest.event("milestoned"))) == reason)
        #expect(try Self.ignored(Self.event("issues", pullRequest.event("deleted"))) == reason)
        let comment = pullRequest.event("created", SampleComment(1))
        #expect(try Self.ignored(Self.event("issue_comment", comment)) == reason)
    }

    @Test(arguments: [
        ("issues", "{", "the body: not a value this field can hold"),
        ("issues", "{}", "action: missing"),
        ("issues", #"{"action":"opened","repository":{"id":1,"full_name":"a/b"}}"#, "issue: missing"),
        ("issues", #"{"action":"opened","repository":{"id":0,"full_name":"a/b"}}"#, "repository.id: expected"),
        ("pull_request", #"{"action":"opened","repository":{"id":1,"full_name":"a/b"}}"#, "pull_request: missing"),
    ])
    func `a payload that cannot be decoded fails and says where`(
        type: String,
        payload: String,
        problem: String
    ) throws {
        let reason = try Self.failure(Self.event(type, Array(payload.utf8)))
        #expect(reason.hasPrefix("the payload cannot be used: \(problem)"), "\(reason)")
    }

    @Test func `an issue's payload under a comment's name fails`() throws {
        let reason = try Self.failure(Self.event("issue_comment", SampleIssue(1).event("edited")))
        #expect(reason == "the payload cannot be used: comment: missing")
    }

    private static func delivery(_ event: ClaimedEvent) throws -> RoutedDelivery {
        guard case .sync(let delivery) = Route(event) else { throw Unexpected(route: Route(event)) }
        return delivery
    }

    private static func ignored(_ event: ClaimedEvent) throws -> String {
        guard case .ignore(let reason) = Route(event) else { throw Unexpected(route: Route(event)) }
        return reason
    }

    private static func failure(_ event: ClaimedEvent) throws -> String {
        guard case .fail(let reason) = Route(event) else { throw Unexpected(route: Route(event)) }
        return reason
    }

    private struct Unexpected: Error {
        let route: Route
    }
}
