import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import GitHub
@testable import Sync
@testable import Text
@testable import Worker

/// Whom Plane shows as the author of a text: the bot, with a line that names GitHub's author, or a Plane user.
@Suite struct AuthorTests {
    private static let ada = SampleUser(id: 9_000_077, login: "ada_acme")

    private static func line(_ words: String) -> String {
        "<p class=\"editor-paragraph-block\"><a href=\"https://github.com/ada_acme\" target=\"_blank\" "
            + "rel=\"noopener noreferrer\">ada_acme</a> \(words)</p>"
    }

    /// One issue of Ada's with a comment of hers.
    private struct Scene {
        let bench: SyncBench
        private var second = 0
        private var issue = SampleIssue(1)
        private var comment = SampleComment(7)

        init(_ bench: SyncBench) {
            self.bench = bench
            issue.author = AuthorTests.ada
            comment.author = AuthorTests.ada
        }

        mutating func show(body: String?, comment text: String, title: String = "A title") async throws -> [Shown] {
            second += 1
            issue.body = body
            issue.title = title
            issue.updatedAt = SampleIssue.time(second)
            comment.body = text
            comment.updatedAt = SampleIssue.time(second)
            try await bench.deliver(issue.event(second == 1 ? "created" : "edited", comment), .issueComment)
            try await bench.drain()
            return try await bench.connection.shownTexts()
        }
    }

    /// Mapped, or signed in to Plane with GitHub.
    @Test(arguments: [false, true])
    func `who becomes known later is shown as author, and the line goes`(signsIn: Bool) async throws {
        try await SyncBench.with { bench in
            var scene = Scene(bench)
            let wrote = Self.line("wrote on GitHub:")
            #expect(
                try await scene.show(body: "One", comment: "Two") == [
                    Shown("GitHub", wrote + "<p>One</p>"), Shown("GitHub", wrote + "<p>Two</p>"),
                ]
            )
            try await bench.connection.know(Self.ada, signsIn: signsIn)
            // Not edited on GitHub: only the line goes.
            let known = try await scene.show(body: "One", comment: "Two", title: "Another title")
            #expect(known == [Shown("octocat", "<p>One</p>"), Shown("octocat", "<p>Two</p>")])
            let edited = try await scene.show(body: "1", comment: "2")
            #expect(edited == [Shown("octocat", "<p>1</p>"), Shown("octocat", "<p>2</p>")])
        }
    }

    @Test func `who becomes known with an edit is shown as author, and the line goes`() async throws {
        try await SyncBench.with { bench in
            var scene = Scene(bench)
            _ = try await scene.show(body: "One", comment: "Two")
            try await bench.connection.know(Self.ada)
            let edited = try await scene.show(body: "1", comment: "2")
            #expect(edited == [Shown("octocat", "<p>1</p>"), Shown("octocat", "<p>2</p>")])
        }
    }

    @Test func `who stays unknown keeps the line through every edit`() async throws {
        try await SyncBench.with { bench in
            var scene = Scene(bench)
            let (wrote, opened) = (Self.line("wrote on GitHub:"), Self.line("opened this on GitHub."))
            for (body, text) in [("One", "a"), (nil, "b"), ("Two", "c"), (nil, "d")] as [(String?, String)] {
                let shown = try await scene.show(body: body, comment: text)
                let description = body.map { wrote + "<p>\($0)</p>" } ?? opened
                #expect(shown == [Shown("GitHub", description), Shown("GitHub", wrote + "<p>\(text)</p>")])
            }
            try await bench.connection.know(Self.ada)
            let known = try await scene.show(body: nil, comment: "d", title: "Another title")
            #expect(known == [Shown("octocat", "<p></p>"), Shown("octocat", "<p>d</p>")])
        }
    }

    @Test func `who is unknown again keeps what is shown as theirs, without a line`() async throws {
        try await SyncBench.with { bench in
            try await bench.connection.know(Self.ada)
            var scene = Scene(bench)
            let first = try await scene.show(body: "One", comment: "Two")
            #expect(first == [Shown("octocat", "<p>One</p>"), Shown("octocat", "<p>Two</p>")])
            try await bench.connection.forget(Self.ada)
            let edited = try await scene.show(body: "1", comment: "2")
            #expect(edited == [Shown("octocat", "<p>1</p>"), Shown("octocat", "<p>2</p>")])
        }
    }

    @Test func `who is somebody else after all is shown as that one`() async throws {
        try await SyncBench.with { bench in
            try await bench.connection.know(Self.ada)
            var scene = Scene(bench)
            _ = try await scene.show(body: "One", comment: "Two")
            try await bench.connection.know(Self.ada, as: .demo)
            let shown = try await scene.show(body: "One", comment: "Two", title: "Another title")
            #expect(shown.map(\.html) == ["<p>One</p>", "<p>Two</p>"])
            #expect(Set(shown.map(\.author)).isDisjoint(with: ["octocat", "GitHub"]))
        }
    }

    @Test func `what people wrote in Plane stays when the line goes, also where the editor made the line anew`()
        async throws
    {
        try await SyncBench.with { bench in
            var scene = Scene(bench)
            _ = try await scene.show(body: "One", comment: "Two")
            let text =
                "<p class=\"x\"><a href=\"https://github.com/ada_acme\">ada_acme</a> wrote on GitHub:</p><p>Mine</p>"
            try await bench.connection.rewrite(text)
            try await bench.connection.know(Self.ada)
            let shown = try await scene.show(body: "One", comment: "Two", title: "Another title")
            #expect(shown == [Shown("octocat", "<p>Mine</p>"), Shown("octocat", "<p>Mine</p>")])
        }
    }

    @Test(arguments: ["octocat[bot]", "ada_acme", "a-b", "A_b-1"])
    func `the line is known by its words, for every login`(login: String) {
        let link = "<a href=\"https://git.example.com/\(login)\">\(login)</a>"
        for line in [
            "<p>\(link) wrote on GitHub:</p>", "<p class=\"a\">\(link) opened this on GitHub.</p>",
            Attribution.html(nil, on: .github), Attribution.html(nil, .opened, on: .github),
        ] {
            #expect(Attribution.removed(from: line + "<p>x</p>") == "<p>x</p>")
            #expect(Attribution.removed(from: line) == "<p></p>")
        }
        for text in ["<p>x</p>", "<p>no wrote on GitHub:</p><p>x</p>", "", "<p>", "<ul><li>x</li></ul>"] {
            #expect(Attribution.removed(from: text) == nil)
        }
    }
}

/// A text and whom Plane shows as its author.
private struct Shown: RowDecodable, Equatable {
    let author: String
    let html: String

    init(_ author: String, _ html: String) {
        self.author = author
        self.html = html
    }

    init(row: Row) throws {
        author = try row.get("author")
        html = try row.get("html")
    }
}

extension Connection {
    /// The issue, then its comment.
    ///
    /// Who wrote is who may delete; and the text without tags says the same.
    fileprivate func shownTexts() throws -> [Shown] {
        try run(
            """
            select u.display_name as author, i.description_html as html
            from public.issues as i
            inner join public.users as u on u.id = i.created_by_id
            where regexp_replace(i.description_html, '<[^>]*>', '', 'g') = i.description_stripped
            union all
            select u.display_name, c.comment_html
            from public.issue_comments as c
            inner join public.descriptions as d
                on d.id = c.description_id and d.description_html = c.comment_html
                and d.created_by_id = c.created_by_id
            inner join public.users as u on u.id = c.actor_id and u.id = c.created_by_id
            where regexp_replace(c.comment_html, '<[^>]*>', '', 'g') = c.comment_stripped
            """,
            as: Shown.self
        )
    }

    /// Takes a GitHub user for the Plane user who signed in as another.
    fileprivate func know(_ user: SampleUser, as other: SampleUser = .octocat, signsIn: Bool = false) throws {
        if signsIn {
            try run(
                """
                insert into public.accounts
                select (jsonb_populate_record(a, jsonb_build_object(
                    'id', gen_random_uuid(), 'provider_account_id', \(String(user.id))
                ))).*
                from public.accounts as a where a.provider_account_id = \(String(other.id))
                """
            )
        } else {
            try run(
                """
                insert into github_sync.github_user_links (github_user_id, login, user_id)
                select \(user.id), \(user.login), user_id from public.accounts
                where provider_account_id = \(String(other.id))
                on conflict (github_user_id) do update set user_id = excluded.user_id
                """
            )
        }
    }

    fileprivate func forget(_ user: SampleUser) throws {
        try run("delete from github_sync.github_user_links where github_user_id = \(user.id)")
    }

    fileprivate func rewrite(_ html: String) throws {
        let stripped = PlaneText.stripped(html)
        try run([
            "update public.issues set description_html = \(html), description_stripped = \(stripped)",
            "update public.issue_comments set comment_html = \(html), comment_stripped = \(stripped)",
            "update public.descriptions set description_html = \(html), description_stripped = \(stripped)",
        ])
    }
}
