import Base
import GitHub
import Inspect
import JSON

/// Maps a GitHub user to a Plane user.
struct UsersMapCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "users map",
        summary: "map a GitHub user to a Plane user",
        usage: "LOGIN EMAIL [--github-id N] [--json]",
        positional: "LOGIN and EMAIL",
        options: [
            Option(
                "--github-id",
                "N",
                "GitHub's number of the user (default: as met in an\nevent of the last 90 days)"
            ),
            .json,
        ],
        details: [
            "EMAIL is the address of an active Plane user. Mapping a login again replaces the",
            "earlier mapping. Users who signed in to Plane with GitHub need no mapping.",
            "If GitHub's number of the user is not known yet, this command prints it:",
            "  \(GitHubLogin.curl("LOGIN"))",
            "Assignees and authors of existing issues and comments are corrected with the",
            "next event of each.",
            "",
            "Keys with --json: login, github_id, user_id, email, changed, projects (list of",
            "project and assignable).",
        ],
        example: ["plane-worker users map octocat mona@example.com"]
    )

    let login: GitHubLogin
    let email: String
    let githubID: Int64?
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        guard arguments.positionals.count == 2 else {
            throw arguments.problem("expected LOGIN and EMAIL, found \(arguments.positionals.count) words")
        }
        login = try GitHubLogin(arguments.positionals[0], arguments)
        email = arguments.positionals[1]
        guard email.contains("@") else { throw arguments.problem("EMAIL is '\(email)', expected a mail address") }
        githubID = try arguments.int("--github-id", in: 1...Int(Int64.max)).map(Int64.init)
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let mapping = try await connection.map(login, to: email, githubID: githubID, by: .ofShell())
        if json {
            try context.output.print(report(mapping))
        } else {
            try context.output.print(lines(mapping).map(Printable.line))
        }
    }

    private func lines(_ mapping: Mapping) -> [String] {
        let pair = "\(login.name) (\(mapping.githubID)) → \(mapping.user.email)"
        let can = mapping.projects.filter(\.isAssignable).map(\.place)
        let cannot = mapping.projects.filter { !$0.isAssignable }.map(\.place)
        var lines = [mapping.isNew ? "mapped: \(pair)" : "mapped already: \(pair)"]
        if !can.isEmpty { lines.append("can be assigned in: \(can.joined(separator: ", "))") }
        if !cannot.isEmpty {
            lines.append(
                "cannot be assigned in: \(cannot.joined(separator: ", ")) (no member there with role 15 or more)"
            )
        }
        if mapping.isNew { lines.append("earlier assignments follow with the next event of each issue") }
        return lines
    }

    private func report(_ mapping: Mapping) -> JSONValue {
        .object([
            "login": .string(login.name),
            "github_id": .int(Int(mapping.githubID)),
            "user_id": .string(mapping.user.id.text),
            "email": .string(mapping.user.email),
            "changed": .bool(mapping.isNew),
            "projects": .array(
                mapping.projects.map { .object(["project": .string($0.place), "assignable": .bool($0.isAssignable)]) }
            ),
        ])
    }
}

extension GitHubLogin {
    /// Reads the login from a word of the command line.
    init(_ word: String, _ arguments: Arguments) throws(UsageProblem) {
        guard let login = GitHubLogin(word) else {
            throw arguments.problem("LOGIN is '\(word)', expected a name on GitHub such as octocat")
        }
        self = login
    }
}
