import Base
import Foundation
import GitHub
import GitHubClient
import JSON
import TestSupport
import Testing

@testable import Database
@testable import Outbound
@testable import Sync

/// What is called so that GitHub shows what Plane shows.
@Suite struct IssuePlanTests {
    private static let bug = UUID()
    private static let docs = UUID()

    /// An issue on which both sides agree, but for what Plane shows now.
    private static func issue(
        named name: String = "A title",
        agreedTitle: String = "A title",
        agreedName: String? = nil,
        state: GitHubIssue.State = .open,
        labels: [OutboundIssue.Label] = [],
        without: [OutboundRules.Field] = []
    ) throws -> OutboundIssue {
        OutboundIssue(
            repositoryID: 1,
            repository: try #require(RepositoryName("acme/rocket")),
            number: 7,
            githubID: 7,
            rules: OutboundRules(issues: .linked, without: without),
            version: UUID(),
            displayName: "GH-7",
            name: name,
            state: state,
            labels: labels,
            agreement: IssueAgreement(
                title: .init(.init(github: .hash(of: agreedTitle), plane: .hash(of: agreedName ?? agreedTitle))),
                state: .init(.init(github: .open, plane: .open)),
                labels: .init([3: bug, -5: UUID()])
            )
        )
    }

    private static func label(_ id: UUID, _ name: String, github: Int64? = nil) -> OutboundIssue.Label {
        OutboundIssue.Label(id: id, name: name, color: "#00ff00", githubID: github, githubName: nil)
    }

    private static let onBoth = [label(bug, "bug", github: 3)]

    private static func shown(_ change: (inout SampleIssue) -> Void = { _ in }) throws -> GitHubIssue {
        var issue = SampleIssue(7)
        issue.labels = [SampleLabel(3, "bug")]
        change(&issue)
        let data = try JSONSerialization.data(withJSONObject: issue.json(in: .rocket))
        return try GitHubIssue(JSONObject(JSONDocument(Array(data))))
    }

    @Test func `what both sides agree on is not sent`() throws {
        let issue = try Self.issue(labels: Self.onBoth)
        #expect(!issue.isDirty)
        #expect(try issue.plan(against: Self.shown()) == .nothing)
    }

    @Test func `each field that Plane changed is sent, and no other`() throws {
        #expect(
            try Self.issue(named: "New", labels: Self.onBoth).plan(against: Self.shown())
                == .send(IssueCalls(title: "New"))
        )
        #expect(
            try Self.issue(state: .cancelled, labels: Self.onBoth).plan(against: Self.shown())
                == .send(IssueCalls(state: .cancelled))
        )
        let docs = Self.label(Self.docs, "docs")
        guard case .send(let calls) = try Self.issue(labels: [docs]).plan(against: Self.shown()) else {
            Issue.record("nothing is sent")
            return
        }
        #expect(calls.addedLabels == [docs] && calls.removedLabels.map(\.name) == ["bug"])
        #expect(calls.title == nil && calls.state == nil)
    }

    @Test func `a field that is left out is never sent`() throws {
        for field in OutboundRules.Field.allCases {
            let issue = try Self.issue(
                named: field == .title ? "New" : "A title",
                state: field == .state ? .completed : .open,
                labels: field == .labels ? [] : Self.onBoth,
                without: [field]
            )
            #expect(!issue.isDirty, "\(field)")
        }
    }

    @Test func `what GitHub changed meanwhile comes first`() throws {
        let issue = try Self.issue(named: "New", labels: Self.onBoth)
        #expect(try issue.plan(against: Self.shown { $0.title = "Of others" }) == .applyFirst)
        // Another field is nobody's hindrance.
        #expect(try issue.plan(against: Self.shown { $0.state = "closed" }) == .send(IssueCalls(title: "New")))
    }

    @Test func `what GitHub shows already is not sent`() throws {
        var issue = try Self.issue(named: "New", labels: Self.onBoth)
        issue = try issue.intendingTitle("New")
        #expect(issue.isDirty)
        #expect(try issue.plan(against: Self.shown { $0.title = "New" }) == .nothing)
    }

    @Test func `a title that Plane shows cut is not sent back cut`() throws {
        let long = String(repeating: "a", count: 300)
        let issue = try Self.issue(named: PlaneTitle.of(long), agreedTitle: long, labels: Self.onBoth)
        #expect(issue.isDirty)
        #expect(try issue.plan(against: Self.shown { $0.title = long }) == .nothing)
    }

    @Test func `a label that GitHub cannot have is named`() throws {
        let long = Self.label(Self.docs, String(repeating: "l", count: 51))
        guard case .send(let calls) = try Self.issue(labels: Self.onBoth + [long]).plan(against: Self.shown()) else {
            Issue.record("it is not named")
            return
        }
        #expect(calls.isEmpty && calls.refusedLabels.count == 1)
    }

    @Test func `a label for which settings stand has GitHub's name`() {
        var settings = SyncSettings()
        settings.labels = ["bug": "Defect"]
        #expect(settings.gitHubLabel(for: "defect") == "bug")
        #expect(settings.gitHubLabel(for: "bug") == nil)
    }
}

extension OutboundIssue {
    fileprivate func intendingTitle(_ title: String) throws -> OutboundIssue {
        var agreement = agreement
        agreement.intend(title: title)
        return OutboundIssue(
            repositoryID: repositoryID,
            repository: repository,
            number: number,
            githubID: githubID,
            rules: rules,
            version: version,
            displayName: displayName,
            name: name,
            state: state,
            labels: labels,
            agreement: agreement
        )
    }
}
