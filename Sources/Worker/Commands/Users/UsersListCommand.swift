import Base
import Inspect
import JSON

/// Lists the GitHub users without a Plane user, and those who are mapped.
struct UsersListCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "users list",
        summary: "list GitHub users without a Plane user, and the mapped ones",
        usage: "[--since WHEN] [--json]",
        options: [
            Option(
                "--since",
                "WHEN",
                "met since: 12h, 30d (ago) or a time such as\n2026-01-01T00:00:00Z (default 30d)"
            ),
            .json,
        ],
        details: [
            "A GitHub user has a Plane user if they signed in to Plane with GitHub, or if",
            "plane-worker users map says so. Others cannot be assigned, and what they write",
            "appears under the bot's name. The list comes from the results of events that",
            "have not been pruned (see plane-worker prune).",
            "",
            "Keys with --json: unmapped (list of github_id, login, events, last_seen), mapped",
            "(list of github_id, login, user_id, email, is_active, mapped_at), signed_in (how",
            "many users signed in to Plane with GitHub).",
        ],
        example: ["plane-worker users list --since 7d"]
    )

    let since: Timestamp
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        let now = Timestamp.now
        since = try arguments.time("--since", now: now) ?? now.before(seconds: 30 * 86_400)
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let unmapped = try await connection.unmappedPeople(since: since)
        let mapped = try await connection.mappedPeople()
        let signedIn = try await connection.signedInPeople()
        let output = context.output
        if json {
            let report: JSONValue = .object([
                "unmapped": .array(unmapped.map(\.json)),
                "mapped": .array(mapped.map(\.json)),
                "signed_in": .int(signedIn),
            ])
            return try output.print(report)
        }
        try output.print(unmapped.isEmpty ? "no unmapped GitHub user was met" : "not mapped:")
        if !unmapped.isEmpty { try output.print(Self.table(unmapped)) }
        if !mapped.isEmpty {
            try output.print(["", "mapped:"])
            try output.print(Self.table(mapped))
        }
        try output.print(["", "known by signing in to Plane with GitHub: \(signedIn)"])
    }

    static func table(_ people: [UnmappedPerson]) -> Table {
        var table = Table([.init("login"), .init("GitHub id", .right), .init("events", .right), .init("last seen")])
        for person in people {
            table.add([person.login, String(person.id), String(person.events), person.lastSeen.description])
        }
        return table
    }

    static func table(_ people: [MappedPerson]) -> Table {
        var table = Table([
            .init("login"), .init("GitHub id", .right), .init("Plane user", minimum: 10), .init("mapped"),
        ])
        for person in people {
            let user = (person.email ?? person.userID.text) + (person.isActive ? "" : " (not active)")
            table.add([person.login, String(person.githubID), user, person.mapped.description])
        }
        return table
    }
}
