import Inspect
import Testing

@testable import Worker

struct UsersParsingTests {
    @Test(arguments: ["octocat", "@octocat"])
    func `a login may have an @ in front`(_ word: String) throws {
        let command = try UsersMapCommand.parse([word, "mona@example.com", "--github-id", "583231"])
        #expect(command.login == GitHubLogin("octocat"))
        #expect(command.email == "mona@example.com")
        #expect(command.githubID == 583_231)
    }

    @Test(arguments: ["mona_acme", "a", "dependabot[bot]", "a-b-1"])
    func `every kind of login GitHub gives is taken`(_ word: String) {
        #expect(GitHubLogin(word)?.name == word)
    }

    @Test(arguments: [
        ([], "expected LOGIN and EMAIL, found 0 words"),
        (["octocat"], "expected LOGIN and EMAIL, found 1 words"),
        (["a/b", "x@y"], "LOGIN is 'a/b', expected a name on GitHub such as octocat"),
        (["@", "x@y"], "LOGIN is '@', expected a name on GitHub such as octocat"),
        (["éva", "x@y"], "LOGIN is 'éva', expected a name on GitHub such as octocat"),
        (["octocat", "mona"], "EMAIL is 'mona', expected a mail address"),
        (
            ["octocat", "x@y", "--github-id", "0"],
            "--github-id is '0', expected a number from 1 to 9223372036854775807"
        ),
    ])
    func `users map refuses what cannot be meant`(_ words: [String], _ message: String) {
        #expect(throws: UsageProblem(message, command: "users map")) { try UsersMapCommand.parse(words) }
    }

    @Test func `users unmap wants one login`() {
        #expect(throws: UsageProblem("expected one LOGIN, found 2 words", command: "users unmap")) {
            try UsersUnmapCommand.parse(["a", "b"])
        }
    }
}
