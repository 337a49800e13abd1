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
    private static let octocat = assignee("Octo", SampleUser.octocat.id)

    private static func assignee(_ name: String, _ githubID: Int64?) -> Person {
        Person(id: UUID(), name: name, githubID: githubID, login: nil)
    }

    /// An issue on which both sides agree, but for what Plane shows now.
    private static func issue(
        named name: String = "A title",
        agreedTitle: String = "A title",
        agreedName: String? = nil,
        html: String = "<p>Text</p>",
        state: GitHubIssue.State = .open,
        labels: [OutboundIssue.Label] = [],
        assignees: [Person] = [octocat],
        isDeleted: Bool = false,
        without: [OutboundRules.Field] = []
    ) throws -> OutboundIssue {
        let agreement = IssueAgreement(
            title: .init(.init(github: .hash(of: agreedTitle), plane: .hash(of: agreedName ?? agreedTitle))),
            text: .init(.init(github: .hash(of: "Text"), plane: .hash(of: "<p>Text</p>"))),
            state: .init(.init(github: .open, plane: .open)),
            labels: .init([3: bug, -5: UUID()]),
            assignees: .init([SampleUser.octocat.id: octocat.id])
        )
        return OutboundIssue(
            place: OutboundPlace(
                repositoryID: 1,
                repository: try #require(RepositoryName("acme/rocket")),
                rules: OutboundRules(issues: .linked, without: without),
                settings: SyncSettings(),
                issue: "GH-7",
                workspace: "acme"
            ),
            number: 7,
            githubID: 7,
            version: UUID(),
            isDeleted: isDeleted,
            name: name,
            html: html,
            state: state,
            stateID: nil,
            labels: labels,
            assignees: assignees,
            stored: agreement,
            agreement: agreement,
            base: nil,
            replaced: nil
        )
    }

    private static func label(_ id: UUID, _ name: String, github: Int64? = nil) -> OutboundIssue.Label {
        OutboundIssue.Label(id: id, name: name, color: "#00ff00", githubID: github, githubName: nil)
    }

    private static let onBoth = [label(bug, "bug", github: 3)]

    private static func shown(_ change: (inout SampleIssue) -> Void = { _ in }) throws -> GitHubIssue {
        var issue = SampleIssue(7)
        issue.labels = [SampleLabel(3, "bug")]
        issue.assignees = [.octocat]
        issue.body = "Text"
        change(&issue)
        let data = try JSONSerialization.data(withJSONObject: issue.json(in: .rocket))
        return try GitHubIssue(JSONObject(JSONDocument(Array(data))))
    }

    @Test func `what both sides agree on is not sent`() throws {
        let issue = try Self.issue(labels: Self.onBoth)
        #expect(!issue.isDirty)
        #expect(try issue.plan(against: Self.shown(), text: nil) == .nothing)
    }

    @Test func `each field that Plane changed is sent, and no other`() throws {
        #expect(
            try Self.issue(named: "New", labels: Self.onBoth).plan(against: Self.shown(), text: nil)
                == .send(IssueCalls(title: "New"))
        )
        #expect(
            try Self.issue(state: .cancelled, labels: Self.onBoth).plan(against: Self.shown(), text: nil)
                == .send(IssueCalls(state: .cancelled))
        )
        let docs = Self.label(Self.docs, "docs")
        guard case .send(let calls) = try Self.issue(labels: [docs]).plan(against: Self.shown(), text: nil) else {
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
                html: field == .text ? "<p>New</p>" : "<p>Text</p>",
                state: field == .state ? .completed : .open,
                labels: field == .labels ? [] : Self.onBoth,
                assignees: field == .assignees ? [] : [Self.octocat],
                without: [field]
            )
            #expect(!issue.isDirty, "\(field)")
        }
    }

    @Test func `what GitHub changed meanwhile comes first`() throws {
        let issue = try Self.issue(named: "New", labels: Self.onBoth)
        #expect(try issue.plan(against: Self.shown { $0.title = "Of others" }, text: nil) == .applyFirst)
        // Another field is nobody's hindrance.
        #expect(
            try issue.plan(against: Self.shown { $0.state = "closed" }, text: nil) == .send(IssueCalls(title: "New"))
        )
    }

    @Test func `what GitHub shows already is not sent`() throws {
        var issue = try Self.issue(named: "New", labels: Self.onBoth)
        issue.agreement.intend(title: "New")
        #expect(issue.isDirty)
        #expect(try issue.plan(against: Self.shown { $0.title = "New" }, text: nil) == .nothing)
    }

    @Test func `a title that Plane shows cut is not sent back cut`() throws {
        let long = String(repeating: "a", count: 300)
        let issue = try Self.issue(named: PlaneTitle.of(long), agreedTitle: long, labels: Self.onBoth)
        #expect(issue.isDirty)
        #expect(try issue.plan(against: Self.shown { $0.title = long }, text: nil) == .nothing)
    }

    @Test func `a label or a person that GitHub cannot have is named`() throws {
        let long = Self.label(Self.docs, String(repeating: "l", count: 51))
        let issue = try Self.issue(labels: Self.onBoth + [long], assignees: [Self.octocat, Self.assignee("Ada", nil)])
        #expect(!issue.isDirty)
        #expect(try issue.plan(against: Self.shown(), text: nil) == .nothing)
        #expect(issue.refusals.map { $0.prefix(8) } == ["label ll", "assignee"])
    }

    @Test func `people are assigned and unassigned one by one`() throws {
        let mona = Self.assignee("Mona", 99)
        guard
            case .send(let calls) = try Self.issue(labels: Self.onBoth, assignees: [mona])
                .plan(against: Self.shown(), text: nil)
        else {
            Issue.record("nothing is sent")
            return
        }
        #expect(
            calls
                == IssueCalls(
                    addedAssignees: [mona],
                    removedAssignees: [GitHubUser(id: SampleUser.octocat.id, login: SampleUser.octocat.login)]
                )
        )
    }

    @Test func `a text is sent when it says something else, in the same call as the title`() throws {
        let issue = try Self.issue(named: "New", html: "<p>Other</p>", labels: Self.onBoth)
        #expect(
            try issue.plan(against: Self.shown(), text: "Other") == .send(IssueCalls(title: "New", text: "Other"))
        )
        let opened = try Self.issue(html: "<p data-id=\"1\">Text</p>", labels: Self.onBoth)
        #expect(try opened.plan(against: Self.shown(), text: "Text") == .nothing)
        #expect(try opened.plan(against: Self.shown { $0.body = "Of others" }, text: "Text") == .applyFirst)
    }

    @Test func `an issue that was deleted in Plane is closed where that was asked for, and nothing else`() throws {
        var issue = try Self.issue(named: "New", state: .cancelled, isDeleted: true)
        #expect(!issue.isDirty)
        #expect(try issue.plan(against: Self.shown(), text: nil) == .nothing)
        issue.place.rules.deletion = .close
        #expect(try issue.plan(against: Self.shown(), text: nil) == .send(IssueCalls(state: .cancelled)))
        #expect(try issue.plan(against: Self.shown { $0.state = "closed" }, text: nil) == .nothing)
    }

    @Test func `a label for which settings stand has GitHub's name`() {
        var settings = SyncSettings()
        settings.labels = ["bug": "Defect"]
        #expect(settings.gitHubLabel(for: "defect") == "bug")
        #expect(settings.gitHubLabel(for: "bug") == nil)
    }
}
