import Base
import Database
import Foundation
import TestSupport
import Testing

/// `plane-worker log ISSUE`, after a real worker has processed what came.
@Suite(.timeLimit(.minutes(15))) struct CommandsLogTests {
    private typealias Scene = CommandsIssueScene

    /// Opened, commented, closed, and a late edit from before that.
    private static func story() -> [CommandsSeed] {
        var (closed, late, commented) = (SampleIssue(1), SampleIssue(1), SampleIssue(1))
        (closed.state, closed.stateReason) = ("closed", "completed")
        (closed.updatedAt, closed.closedAt) = (SampleIssue.time(30), SampleIssue.time(30))
        (late.title, late.updatedAt) = ("Too late\u{1B}[2J", SampleIssue.time(20))
        commented.updatedAt = SampleIssue.time(10)
        var comment = SampleComment(7)
        comment.updatedAt = SampleIssue.time(10)
        return [
            Scene.opened(),
            Scene.event(
                commented.event("created", comment, by: .octocat),
                "created",
                type: .issueComment,
                at: 10
            ),
            Scene.event(closed.event("closed", by: .octocat), "closed", at: 30),
            Scene.event(late.event("edited", by: .octocat), "edited", at: 20),
        ]
    }

    @Test func `it says in words what came and what became of it, by either name of the issue`() async throws {
        try await Scene.with { scene in
            let story = Self.story()
            try await scene.process(story[0], story[1], story[2], story[3])
            let run = try await scene.run("log", "GH-1")
            #expect(run.status == 0)
            #expect(run.errors == "")
            #expect(run.lines.first == "GH-1 A title, acme/rocket#1")
            let told = run.lines.dropFirst().filter { !$0.hasPrefix(" ") }
            #expect(
                told.map { $0.split(separator: "  ", maxSplits: 1).last.map(String.init) } == [
                    "octocat opened the issue: shown in Plane", "octocat commented: shown in Plane",
                    "octocat edited the issue: late: Plane shows something newer",
                    "octocat closed the issue: shown in Plane now",
                ]
            )
            #expect(run.lines.contains("    created GH-1 in Backlog"))
            #expect(run.lines.contains("    GH-1: skipped: older than what we have"))
            #expect(!run.output.contains("\u{1B}"))
            for name in ["gh-1", "acme/rocket#1", "Acme/Rocket/1", "#1"] {
                #expect(try await scene.run("log", name).output == run.output, "\(name)")
            }
        }
    }

    @Test func `JSON has the keys that the help lists`() async throws {
        try await Scene.with { scene in
            let story = Self.story()
            try await scene.process(story[0], story[1], story[2], story[3])
            let log = try await scene.run("log", "acme/rocket#1", "--json").json
            #expect(Set(log.keys) == ["issues", "github", "entries", "open", "cut"])
            #expect(log["github"] as? [String] == ["acme/rocket#1"])
            #expect(log["issues"] as? [[String: String]] == [["name": "GH-1", "title": "A title"]])
            #expect(log["cut"] as? Bool == false)
            let entries = log["entries"] as? [[String: Any]] ?? []
            #expect(entries.map { $0["outcome"] as? String } == ["applied", "applied", "superseded", "applied"])
            #expect(entries.map { $0["in_force"] as? Bool } == [false, false, false, true])
            #expect(entries.first?["event_id"] as? String == story[0].id.text)
            #expect(entries.first?["at"] as? String == SampleIssue.time(0))
            for entry in entries {
                #expect(
                    Set(entry.keys) == ["at", "direction", "who", "what", "outcome", "in_force", "details", "event_id"]
                )
            }
        }
    }

    @Test func `what waits and what failed is told, although Plane has no such issue yet`() async throws {
        try await Scene.with { scene in
            var (failed, waiting) = (Scene.opened(), Scene.opened())
            (failed.status, failed.error) = (.failed, "no time\u{9B}2J")
            waiting.action = "edited"
            try await scene.connection.insert(failed, waiting)
            let run = try await scene.run("log", "acme/rocket#1")
            #expect(run.status == 0)
            #expect(run.lines.first == "acme/rocket#1")
            #expect(run.output.contains("octocat opened the issue: failed\n    no time\\u009b2J\n"))
            #expect(run.output.contains("octocat edited the issue: waits\n"))
        }
    }

    @Test(arguments: ["GH-77", "acme/rocket#77", "nobody/nothing#1", "XX-1", "#1"])
    func `what is not known is one line and status 1`(_ name: String) async throws {
        try await TestDatabase.with { database in
            let rocket = SampleRepository.rocket
            _ = try await database.connection().connectRepository(rocket.id, rocket.fullName)
            for words in [["log", name], ["log", name, "--json"]] {
                let run = try await CommandsRun.worker(words, on: database)
                #expect(run.status == 1)
                #expect(run.output == "")
                #expect(run.errors == "plane-worker: nothing is known of \(name)\n")
            }
        }
    }

    @Test func `a name that may be any of several issues is refused with their names on GitHub`() async throws {
        try await Scene.with { scene in
            let unclear = "#1 may be any of several issues: ask for acme/rocket#1 or acme/shuttle#1\n"
            // None of both is in Plane yet.
            #expect(try await scene.run("log", "#1").errors == "plane-worker: \(unclear)")
            try await scene.process(Scene.opened(), Scene.opened(in: Scene.shuttle), Scene.opened(2, in: Scene.shuttle))
            let run = try await scene.run("log", "#1")
            #expect(run.status == 1)
            #expect(run.output == "")
            #expect(run.errors == "plane-worker: \(unclear)")
            let only = try await scene.run("log", "#2")
            #expect(only.status == 0)
            #expect(only.lines.first == "SEC-2 A title, acme/shuttle#2")
            // Each workspace may have a project GH.
            try await scene.connection.change(
                """
                insert into public.workspaces
                select (jsonb_populate_record(w, jsonb_build_object('id', gen_random_uuid(), 'slug', 'other'))).*
                from public.workspaces as w where slug = 'demo'
                """,
                """
                update public.projects
                set identifier = 'GH', workspace_id = (select id from public.workspaces where slug = 'other')
                where identifier = 'SEC'
                """
            )
            #expect(
                try await scene.run("log", "GH-1").errors
                    == "plane-worker: GH-1 may be any of several issues: ask for acme/rocket#1 or acme/shuttle#1\n"
            )
            #expect(try await scene.run("log", "GH-2").lines.first == "GH-2 A title, acme/shuttle#2")
            // One that was deleted is nobody's any more.
            try await scene.connection.change("update public.projects set deleted_at = now() where name = 'Second'")
            #expect(try await scene.run("log", "GH-1").lines.first == "GH-1 A title, acme/rocket#1")
        }
    }

    @Test(arguments: [
        (["log"], "ISSUE is missing, expected an issue such as GH-12"),
        (["log", "GH"], "ISSUE is 'GH', expected an issue such as GH-12, owner/name#12 or #12"),
        (["log", "GH-0"], "ISSUE is 'GH-0'"), (["log", "a/b/c#1"], "ISSUE is 'a/b/c#1'"),
        (["log", "GH-1", "GH-2"], "ISSUE is 'GH-1 GH-2'"), (["log", ""], "ISSUE"),
        (["log", "GH-1", "--since", "1h"], "unknown option '--since'"),
    ])
    func `what names no issue is wrong usage`(_ words: [String], _ message: String) async throws {
        let run = try await CommandsRun.worker(words)
        #expect(run.status == 2)
        #expect(run.output == "")
        #expect(run.errors.hasPrefix("plane-worker: \(message)"))
        #expect(run.errors.filter(\.isNewline).count == 1)
    }
}
