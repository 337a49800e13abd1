import Foundation
import Testing

@testable import Queue
@testable import Sync
@testable import Worker

struct SettingsDocumentTests {
    /// Everything that can be set, set.
    static let everything = """
        {
            "accept": ["issues", "issue_comment.created"],
            "states": {"open": "Todo", "completed": "group:completed", "cancelled": "Cancelled"},
            "pull_requests": {"link": false, "draft": "Todo", "open": "group:started", "merged": "Done"},
            "labels": {"bug": "Bug", "a=b": "c"},
            "priorities": [{"label": "priority: high", "priority": "high"}],
            "ignore": ["$.a == 1"],
            "transform": [
                {"set": "priority", "to": "urgent", "when": "$.b == 1"}, {"set": "title", "from": "$.issue.title"}
            ],
            "rate": {"per_minute": 60, "burst": 5},
            "new_issues": {
                "labels": ["from GitHub"],
                "parent": {"id": "10000000-0000-4000-8000-000000000001", "name": "GH-1"},
                "module": {"id": "10000000-0000-4000-8000-000000000002", "name": "Core"}
            },
            "outbound": {
                "issues": "all", "issues_since": "2026-11-30T12:00:00.5Z", "comments": "external",
                "comments_since": "2026-11-30T13:00:00Z", "create_label": "to GitHub", "delete": "close",
                "without": ["labels"], "conflict": "plane", "mentions": "logins"
            },
            "issue_link": "https://sync.example.com/pages"
        }
        """

    @Test func `a document survives being read and written`() throws {
        let settings = try SyncSettings(document: Self.everything, isStrict: true)
        let again = try SyncSettings(document: try settings.document(), isStrict: true)
        #expect(again == settings)
        #expect(settings.rate == RateLimit(perMinute: 60, burst: 5))
        #expect(settings.transform[0].value == .constant("urgent"))
        #expect(settings.transform[1].value == .path("$.issue.title"))
        #expect(!settings.entries.contains { $0.values.isEmpty })
    }

    @Test func `nothing set is an empty document`() throws {
        #expect(try SyncSettings().document() == "{}")
        #expect(try SyncSettings(document: "{}", isStrict: true) == SyncSettings())
        #expect(SyncSettings().entries.allSatisfy { $0.values.isEmpty })
    }

    @Test(arguments: [
        (#"{"acept": []}"#, "acept: expected one of: accept, states, labels, priorities, ignore, transform, rate"),
        (#"{"states": {"closed": "Done"}}"#, "states.closed: expected one of: open, completed, cancelled"),
        (
            #"{"rate": {"per_minute": 1, "burst": 1, "per_hour": 2}}"#,
            "rate.per_hour: expected one of: per_minute, burst"
        ),
        (#"{"rate": {"per_minute": 1}}"#, "rate.burst is missing"),
        (#"{"priorities": [{"label": "a", "priority": "high", "x": 1}]}"#, "priorities[0].x: expected one of"),
        (#"{"priorities": [{"label": "a", "priority": "High"}]}"#, "priorities[0].priority"),
        (#"{"transform": [{"set": "title", "to": "a", "from": "$"}]}"#, "expected either 'to' or 'from'"),
        (#"{"transform": [{"set": "title", "to": "a"}, {"set": "state", "to": "a"}]}"#, "transform[1].set"),
        (#"{"new_issues": {"parent": {"name": "GH-1"}}}"#, "new_issues.parent.id is missing"),
        (#"{"ignore": "$.a"}"#, "ignore is no list"), (#"{"labels": {"a": 1}}"#, "labels.a is no text"),
        (#"{"issue_link": "ftp://example.com"}"#, "issue_link: expected an address such as https://"),
        (#"{"pull_requests": {"link": "on"}}"#, "pull_requests.link is no true or false"),
        ("[]", "the document is no object"), ("{", "it is not JSON"), ("", "it is not JSON"),
    ])
    func `a document that is wrong is refused with the place`(_ document: String, _ message: String) {
        do throws(SyncSettings.DocumentProblem) {
            _ = try SyncSettings(document: document, isStrict: true)
            Issue.record("expected a refusal")
        } catch {
            #expect(error.description.contains(message), "\(error)")
        }
    }

    @Test func `what a newer version knows is passed over by a worker`() throws {
        let settings = try SyncSettings(document: #"{"accept": ["issues"], "colour": "red"}"#, isStrict: false)
        #expect(settings.accept == ["issues"])
    }

    @Test func `a difference says what left a list and what came`() throws {
        var before = SyncSettings()
        before.ignore = ["$.a == 1", "$.b == 1"]
        before.rate = RateLimit(perMinute: 60, burst: 5)
        var after = before
        after.ignore = ["$.b == 1", "$.c == 1"]
        after.rate = nil
        after.states.open = .group("started")
        #expect(
            SettingsDifference.all(from: before, to: after).flatMap(\.lines) == [
                "open issues: the project's default state (default) → the first state of group started",
                "ignored:", "  - $.a == 1", "  + $.c == 1",
                "rate: 60 a minute, bursts of 5 → no limit (default)",
            ]
        )
        after = before
        after.ignore.reverse()
        #expect(
            SettingsDifference.all(from: before, to: after).flatMap(\.lines) == [
                "ignored, in another order:", "    $.b == 1", "    $.a == 1",
            ]
        )
    }

    @Test(arguments: SettingsPart.allCases)
    func `each part can be put back alone`(_ part: SettingsPart) throws {
        let full = try SyncSettings(document: Self.everything, isStrict: true)
        var settings = full
        part.clear(in: &settings)
        #expect(settings != full)
        var rest = settings
        for other in SettingsPart.allCases where other != part { other.clear(in: &rest) }
        #expect(rest == SyncSettings())
    }
}
