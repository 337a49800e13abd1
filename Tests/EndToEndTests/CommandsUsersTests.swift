import Database
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsUsersTests {
    /// A completed event whose result names these GitHub users as unknown.
    private static func seed(age: Double, unmapped: String) -> CommandsSeed {
        var seed = CommandsSeed(age: age)
        seed.status = .completed
        seed.result = #"{"outcome":"applied","unmapped":\#(unmapped)}"#
        return seed
    }

    private static let hour: Double = 3_600

    private static func users(_ words: [String], on database: TestDatabase) async throws -> CommandsRun {
        try await CommandsRun.worker(["users"] + words, on: database)
    }

    @Test func `the list counts whom nobody mapped, in the given time, by number`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.insert(
                Self.seed(age: 2 * Self.hour, unmapped: #"[{"id":9,"login":"old-name"},{"id":7,"login":"seven"}]"#),
                Self.seed(age: Self.hour, unmapped: #"[{"id":9,"login":"nine"}]"#),
                Self.seed(age: 48 * Self.hour, unmapped: #"[{"id":5,"login":"five"}]"#),
                // Signed in to Plane with GitHub since.
                Self.seed(age: Self.hour, unmapped: #"[{"id":583231,"login":"octocat"}]"#),
                Self.seed(age: Self.hour, unmapped: #"{"id":1}"#),
                Self.seed(age: Self.hour, unmapped: #"[3]"#),
                CommandsSeed()
            )
            let json = try await Self.users(["list", "--since", "1d", "--json"], on: database).json
            let unmapped = json["unmapped"] as? [[String: Any]] ?? []
            #expect(unmapped.map { $0["login"] as? String } == ["nine", "seven"])
            #expect(unmapped.map { $0["events"] as? Int } == [2, 1])
            #expect(unmapped.map { $0["github_id"] as? Int } == [9, 7])
            #expect(json["signed_in"] as? Int == 2)
            let all = try await Self.users(["list"], on: database)
            #expect(all.errors == "")
            #expect(all.lines.first == "not mapped:")
            #expect(all.output.contains("five "))
            #expect(all.output.hasSuffix("known by signing in to Plane with GitHub: 2\n"))
        }
    }

    @Test func `mapping takes the number from the last events and says where it counts`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(1, "octocat/hello")
            _ = try await connection.connectRepository(2, "octocat/other", to: .second)
            try await connection.change(
                "update public.accounts set provider = 'google'",
                """
                update public.project_members set role = 5
                where member_id = (select id from public.users where email = 'octocat@example.com')
                    and project_id = (select id from public.projects where identifier = 'SEC')
                """
            )
            try await connection.insert(Self.seed(age: Self.hour, unmapped: #"[{"id":9,"login":"Mona"}]"#))
            let run = try await Self.users(["map", "@mona", "Octocat@Example.com"], on: database)
            #expect(run.errors == "")
            #expect(
                run.lines == [
                    "mapped: mona (9) → octocat@example.com", "can be assigned in: demo/GH",
                    "cannot be assigned in: demo/SEC (no member there with role 15 or more)",
                    "earlier assignments follow with the next event of each issue",
                ]
            )
            let again = try await Self.users(["map", "mona", "octocat@example.com", "--json"], on: database).json
            #expect(again["changed"] as? Bool == false)
            #expect(again["github_id"] as? Int == 9)
            #expect((again["projects"] as? [Any])?.count == 2)
            let list = try await Self.users(["list"], on: database)
            #expect(list.lines.first == "no unmapped GitHub user was met")
            #expect(list.output.contains("octocat@example.com"))
            _ = try await Self.users(["map", "mona", "demo@example.com"], on: database)
            let link: String = try await connection.value(
                """
                select l.github_user_id || ' ' || l.login || ' ' || u.email as value
                from github_sync.github_user_links as l join public.users as u on u.id = l.user_id
                """
            )
            #expect(link == "9 mona demo@example.com")
            #expect(try await Self.users(["unmap", "MONA"], on: database).output == "unmapped: MONA (9)\n")
            #expect(try await Self.users(["unmap", "mona"], on: database).output == "not mapped: mona\n")
        }
    }

    @Test(arguments: [
        (["mona", "octocat@example.com"], "no event of the last 90 days names mona: give its number with --github-id"),
        (["twice", "octocat@example.com"], "twice was the login of 3, 4: say which with --github-id"),
        (["mona", "nobody@example.com", "--github-id", "9"], "but no Plane user has that address"),
        (["mona", "github-bot@plane.so", "--github-id", "9"], "which belongs to a bot"),
        (["mona", "demo@example.com", "--github-id", "9"], "whose Plane user is not active"),
        (["octocat", "octocat@example.com", "--github-id", "1000001"], "signed in to Plane as another user"),
    ])
    func `a mapping that cannot be right is refused`(_ words: [String], _ message: String) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(1, "octocat/hello")
            try await connection.change("update public.users set is_active = false where email = 'demo@example.com'")
            try await connection.insert(
                Self.seed(age: Self.hour, unmapped: #"[{"id":3,"login":"twice"}]"#),
                Self.seed(age: Self.hour, unmapped: #"[{"id":4,"login":"twice"}]"#)
            )
            let run = try await Self.users(["map"] + words, on: database)
            #expect(run.status == 1)
            #expect(run.errors.contains(message), "\(run.errors)")
            let links: Int = try await connection.value("select count(*) as value from github_sync.github_user_links")
            #expect(links == 0)
        }
    }

    @Test func `who signed in with GitHub needs no mapping`() async throws {
        try await TestDatabase.with { database in
            let run = try await Self.users(
                ["map", "octocat", "octocat@example.com", "--github-id", "583231"],
                on: database
            )
            #expect(run.output == "mapped already: octocat (583231) → octocat@example.com\n")
        }
    }

    @Test func `a group of commands says what it holds`() async throws {
        let bare = try await CommandsRun.worker(["users"])
        #expect(bare.status == 2)
        #expect(bare.errors.contains("expected one of: users list, users map, users unmap"))
        let help = try await CommandsRun.worker(["users", "--help"])
        #expect(help.status == 0)
        #expect(help.lines.filter { $0.hasPrefix("usage: plane-worker users ") }.count == 3)
        let one = try await CommandsRun.worker(["users", "map", "--help"])
        #expect(one.lines.first == "usage: plane-worker users map LOGIN EMAIL [--github-id N] [--json]")
    }
}
