import Testing

@testable import Queue
@testable import Sync
@testable import Worker

struct ConfigureParsingTests {
    private static func parse(_ words: [String]) throws(UsageProblem) -> ConfigureCommand {
        try ConfigureCommand.parse(["--repository", "octocat/hello"] + words)
    }

    @Test(arguments: [
        (["--accept", "issues"], [SettingsChange.accept(["issues"])]),
        (
            ["--accept", "issues.opened, issue_comment", "--accept=issues.closed"],
            [.accept(["issues.opened", "issue_comment", "issues.closed"])]
        ),
        (["--accept", "all"], [.accept(nil)]),
        (
            ["--state", "open=Todo", "--state", "completed=group:completed"],
            [.state(.open, .name("Todo")), .state(.completed, .group("completed"))]
        ),
        (["--state", "cancelled=a=b =c"], [.state(.cancelled, .name("a=b =c"))]),
        (["--pull-request-state", "merged=Done"], [.pullRequestState(.merged, .name("Done"))]),
        (["--pull-request-links", "off"], [.pullRequestLinks(false)]),
        (["--label", "bug=Bug", "--label", "area/ui=UI=X"], [.labels(["bug": "Bug", "area/ui": "UI=X"])]),
        (["--label", #"a\=b=c"#], [.labels(["a=b": "c"])]),
        (["--priority", "a=b=high"], [.priorities([PriorityRule(label: "a=b", priority: .high)])]),
        (["--ignore", "$.a == 1", "--ignore", "$.b == 2"], [.ignore(["$.a == 1", "$.b == 2"])]),
        (["--transform", "title=Fixed"], [.transform([Transformation(field: .title, value: .constant("Fixed"))])]),
        (
            ["--transform", "priority=high when $.a == \"x when y\""],
            [
                .transform([
                    Transformation(field: .priority, value: .constant("high"), condition: "$.a == \"x when y\"")
                ])
            ]
        ),
        (
            ["--transform", "body=$.issue.body"],
            [.transform([Transformation(field: .body, value: .path("$.issue.body"))])]
        ),
        (["--rate", "30"], [.rate(RateLimit(perMinute: 30, burst: 30))]),
        (["--rate", "30", "--burst", "5"], [.rate(RateLimit(perMinute: 30, burst: 5))]),
        (["--rate", "none"], [.clear(.rate)]),
        (["--issue-link", "off"], [.clear(.issueLink)]),
        (
            ["--issue-link", "https://sync.example.com/pages//"],
            IssueLink("https://sync.example.com/pages").map { [.issueLink($0)] } ?? []
        ),
        (["--new-label", "x", "--new-label", "y"], [.newLabels(["x", "y"])]),
        (
            ["--accept", "issues", "--clear", "labels", "--clear", "new-issues"],
            [.clear(.labels), .clear(.newIssues), .accept(["issues"])]
        ),
    ])
    func `an option changes its part`(_ words: [String], _ changes: [SettingsChange]) throws {
        #expect(try Self.parse(words).edit == .changes(changes, newParent: nil, newModule: nil))
    }

    @Test func `the parent, the module and a file are found later`() throws {
        #expect(
            try Self.parse(["--new-parent", "GH-1", "--new-module", "Core"]).edit
                == .changes([], newParent: "GH-1", newModule: "Core")
        )
        let command = try Self.parse(["--file", "-", "--dry-run", "--json", "--project", "GH", "--workspace", "demo"])
        #expect(command.edit == .file("-"))
        #expect(command.isDryRun && command.json)
        #expect(command.filter.place == "demo/GH")
    }

    @Test(arguments: [
        ([], "nothing to set is named, expected an option such as --accept, or --file"),
        (["--file", "x", "--accept", "all"], "--file replaces everything and cannot be combined with other settings"),
        (["--accept", "push"], "--accept is 'push', expected EVENT or EVENT.ACTION with an event of: issues, "),
        (["--accept", "issues.open"], "--accept is 'issues.open', expected an action of issues: assigned, closed, "),
        (["--accept", "issues,all"], "--accept all cannot be combined with other events"),
        (["--accept", ","], "--accept is ',', expected EVENT, EVENT.ACTION or all"),
        (
            ["--state", "closed=Done"],
            "--state is 'closed=Done', expected KEY=STATE with one of: open, completed, cancelled, as in open=Todo"
        ),
        (["--state", "open"], "--state is 'open', expected KEY=STATE"),
        (["--state", "open="], "--state is 'open=', expected KEY=STATE"),
        (["--state", "open=a", "--state", "open=b"], "--state open is given twice"),
        (["--pull-request-state", "closed=a"], "--pull-request-state is 'closed=a', expected KEY=STATE"),
        (["--pull-request-links", "yes"], "--pull-request-links is 'yes', expected one of: on, off"),
        (["--label", "bug"], "--label is 'bug', expected GITHUB=PLANE"),
        (["--label", "=x"], "--label is '=x', expected GITHUB=PLANE"),
        (["--label", #"a\=b"#], #"--label is 'a\=b', expected GITHUB=PLANE"#),
        (["--label", "bug=a", "--label", "Bug=b"], "--label Bug is given twice"),
        (
            ["--priority", "a=highest"],
            "--priority is 'a=highest', expected LABEL=PRIORITY with one of: urgent, high, medium, low, none"
        ),
        (["--priority", "=high"], "--priority is '=high', expected LABEL=PRIORITY"),
        (["--transform", "state=x"], "--transform is 'state=x', expected FIELD=VALUE"),
        (["--transform", "title"], "--transform is 'title', expected FIELD=VALUE"),
        (["--transform", "title= when $.a == 1"], "--transform is 'title= when $.a == 1', expected FIELD=VALUE"),
        (["--rate", "0"], "--rate is '0', expected none or a number from 1 to 60000"),
        (["--rate", "fast"], "--rate is 'fast', expected none or a number"),
        (["--rate", "1", "--burst", "0"], "--burst is '0', expected a number from 1 to 60000"),
        (["--burst", "1"], "--burst is given without --rate"),
        (["--rate", "none", "--burst", "1"], "--burst cannot be combined with --rate none"),
        (["--rate", "1", "--rate", "2"], "--rate is given twice"),
        (["--issue-link", "on"], "--issue-link is 'on', expected off, or an address such as https://sync.example.com"),
        (["--issue-link", "javascript:alert"], "--issue-link is 'javascript:alert', expected off, or"),
        (["--issue-link", "https://"], "--issue-link is 'https://', expected off, or"),
        (["--issue-link", "https://u:p@host"], "--issue-link is 'https://u:p@host', expected off, or"),
        (["--issue-link", "https://host/?a=b"], "--issue-link is 'https://host/?a=b', expected off, or"),
        (["--issue-link", "https://host/\"><b>"], "--issue-link is 'https://host/\"><b>', expected off, or"),
        (["--clear", "everything"], "--clear is 'everything', expected one of: accept, states, pull-requests, "),
    ])
    func `what cannot be meant is refused`(_ words: [String], _ message: String) {
        do throws(UsageProblem) {
            _ = try Self.parse(words)
            Issue.record("expected a refusal")
        } catch {
            #expect(error.description.hasPrefix(message), "\(error)")
            #expect(error.command == "configure")
        }
    }

    @Test func `the repository has to be named`() {
        #expect(throws: UsageProblem("--repository is missing, expected owner/name", command: "configure")) {
            try ConfigureCommand.parse(["--accept", "all"])
        }
        #expect(throws: UsageProblem("--repository is 'hello', expected owner/name", command: "configure")) {
            try ConfigureCommand.parse(["--repository", "hello", "--accept", "all"])
        }
    }
}
