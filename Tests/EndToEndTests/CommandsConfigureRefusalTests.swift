import Database
import TestSupport
import Testing

@Suite(.serialized) struct CommandsConfigureRefusalTests {
    @Test(arguments: [
        (
            ["--state", "open=Nope"],
            "--state open is 'Nope', expected a state of demo/GH: Backlog, Todo, In Progress, Done, Cancelled"
        ),
        (["--state", "open=Triage"], "--state open is 'Triage', expected a state of demo/GH"),
        (
            ["--pull-request-state", "merged=group:triage"],
            "--pull-request-state merged is 'group:triage', expected a group of: backlog, unstarted, started"
        ),
        (
            ["--transform", "priority=highest"],
            "--transform priority is 'highest', expected one of: urgent, high, medium, low, none"
        ),
        (["--new-parent", "GH-12"], "--new-parent is 'GH-12', but demo/GH has no such issue, or it is archived"),
        (["--new-parent", "SEC-1"], "--new-parent is 'SEC-1', expected an issue of demo/GH, as in GH-12"),
        (["--label", "bug= "], "--label bug is ' ', expected the name of a label, 1 to 255 characters"),
        (
            ["--ignore", "$.a =="],
            "--ignore is '$.a ==', which PostgreSQL refuses: syntax error at end of jsonpath input"
        ),
        (
            ["--ignore", "$.a like_regex \"[\""],
            "--ignore is '$.a like_regex \"[\"', which PostgreSQL refuses: invalid regular expression"
        ),
        (
            ["--ignore", "$ ? (@.a == 1)"],
            "--ignore is '$ ? (@.a == 1)', which is not true or false (PostgreSQL: single boolean result is expected): "
                + "write 'exists($ ? (@.a == 1))'"
        ),
        (["--ignore", "strict $ ? (@.a == 1)"], "write 'strict exists($ ? (@.a == 1))'"),
        (
            ["--ignore", "strict $.issue.locked"],
            "(PostgreSQL: JSON object does not contain key \"issue\"): compare it with something, as in "
                + "'strict $.issue.locked == true', or write 'strict exists($.issue.locked)'"
        ),
        (["--ignore", "exists($.a ? (@ == $b))"], "expected a path without variables: there are none"),
        (
            ["--transform", "title=x when $.issue.locked"],
            "--transform title, when is '$.issue.locked', which is not true or false"
        ),
        (
            ["--transform", "title=$.issue.title["],
            "--transform title is '$.issue.title[', which PostgreSQL refuses: syntax error"
        ),
        (["--transform", "title=$.a ? (@ == $b)"], "expected a path without variables"),
        (
            ["--project", "SEC", "--accept", "all"],
            "octo-demo/hello is not connected to a project SEC, but to demo/GH"
        ),
    ])
    func `what does not fit Plane or PostgreSQL is refused and changes nothing`(
        _ words: [String],
        _ message: String
    ) async throws {
        try await CommandsSettings.withConnection { database, connection, _ in
            let run = try await CommandsSettings.configure(["--new-label", "GitHub"] + words, on: database)
            #expect(run.status == 1)
            #expect(run.output == "")
            #expect(run.errors.hasPrefix("plane-worker: "))
            #expect(run.errors.contains(message), "\(run.errors)")
            #expect(try await CommandsSettings.document(connection) == "")
        }
    }

    @Test(arguments: [
        "$.issue.user.login == \"x\"", "strict $.issue.user.login == \"x\"",
        "exists($.issue.labels[*] ? (@.name == \"$x\"))",
        "!($.issue.locked == true)", "$.issue.title starts with \"[\" && $.issue.number > 3", "-$.issue.number < 4",
        "($.issue.body like_regex \"^\\\\s*$\") is unknown", "$.issue.labels.size() > 3", "true",
    ])
    func `a predicate that only misses its keys in an empty document is taken`(_ predicate: String) async throws {
        try await CommandsSettings.withConnection { database, connection, _ in
            let run = try await CommandsSettings.configure(
                ["--ignore", predicate, "--transform", "label=x when \(predicate)"],
                on: database
            )
            #expect(run.status == 0, "\(run.errors)")
            // What was taken is what the worker runs.
            let answer: String = try await connection.value(
                """
                select github_sync.apply_rules('{"issue": {"number": 1, "title": "t", "labels": []}}', settings)::text
                    as value
                from github_sync.github_sync_settings
                """
            )
            #expect(!answer.contains("problem"))
        }
    }

    @Test func `what only a payload can show to be wrong is the rule's problem, not the batch's`() async throws {
        try await CommandsSettings.withConnection { database, connection, _ in
            let run = try await CommandsSettings.configure(
                ["--ignore", "$.at.datetime() > \"2026-01-01\".datetime()"],
                on: database
            )
            #expect(run.status == 0, "\(run.errors)")
            let problem: String = try await connection.value(
                """
                select github_sync.apply_rules('{"at": "2026-01-02 10:00:00+00:00"}', settings) ->> 'problem' as value
                from github_sync.github_sync_settings
                """
            )
            #expect(problem.contains("time zone"))
        }
    }

    @Test func `sizes have limits`() async throws {
        try await CommandsSettings.withConnection { database, connection, _ in
            let many = (0...100).flatMap { ["--ignore", "$.a == \($0)"] }
            let rules = try await CommandsSettings.configure(many, on: database)
            #expect(rules.errors == "plane-worker: --ignore is given 101 times, expected at most 100\n")
            let long = String(repeating: "x", count: 70_000)
            let large = try await CommandsSettings.configure(["--transform", "body=\(long)"], on: database)
            #expect(large.errors.contains("bytes, expected at most 65536"))
            #expect(try await CommandsSettings.document(connection) == "")
        }
    }

    @Test func `what a newer version wrote is not rewritten, only replaced`() async throws {
        try await CommandsSettings.withConnection { database, connection, repository in
            try await connection.change(
                """
                insert into github_sync.github_sync_settings (repository_sync_id, settings, changed_by)
                values (\(repository.syncID), '{"colour": "red"}', 'x')
                """
            )
            let refused = try await CommandsSettings.configure(["--accept", "issues"], on: database)
            #expect(refused.errors.contains("the settings of demo/GH cannot be changed by this version (colour: "))
            let shown = try await CommandsRun.worker(["show-config"], on: database)
            #expect(shown.output.contains("accepted events               all (default)"))
        }
    }
}
