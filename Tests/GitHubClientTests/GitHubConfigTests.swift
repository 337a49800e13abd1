import Base
import Foundation
import Testing

@testable import GitHubClient

@Suite struct GitHubConfigTests {
    private static func problem(_ values: [String: String]) -> String? {
        do {
            _ = try GitHubConfig(Environment(values))
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `nothing is configured without credentials`() throws {
        #expect(try GitHubConfig(Environment([:])) == nil)
        #expect(try GitHubConfig(Environment(["GITHUB_API_URL": "https://api.github.com"])) == nil)
    }

    @Test func `a token comes from a variable or a file`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID())")
        try Data("  ghp_file\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let direct = try #require(try GitHubConfig(Environment(["GITHUB_TOKEN": "ghp_direct"])))
        #expect(direct.credentials == .token(Secret("ghp_direct")))
        #expect(direct.address == .github)
        let read = try #require(try GitHubConfig(Environment(["GITHUB_TOKEN_FILE": file.path])))
        #expect(read.credentials == .token(Secret("ghp_file")))
        #expect(!"\(direct)".contains("ghp_") && !String(reflecting: direct).contains("ghp_"))
    }

    @Test func `an App has a key`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "key-\(UUID())")
        try Data(TestKey.rsa.pkcs8.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let values = ["GITHUB_APP_ID": "Iv23.abc", "GITHUB_APP_PRIVATE_KEY_FILE": file.path]
        let config = try #require(try GitHubConfig(Environment(values)))
        guard case .app(let key) = config.credentials else {
            Issue.record("no App")
            return
        }
        #expect(key.app == "Iv23.abc")
        var dumped = ""
        dump(config, to: &dumped)
        #expect(!dumped.contains("PRIVATE KEY"))
    }

    @Test(arguments: [
        ("https://api.github.com", "https://api.github.com/user"),
        ("https://API.GitHub.com:443/", "https://api.github.com/user"),
        ("https://api.acme.ghe.com", "https://api.acme.ghe.com/user"),
        ("https://github.example.com/api/v3/", "https://github.example.com/api/v3/user"),
        ("https://github.example.com:8443/api/v3", "https://github.example.com:8443/api/v3/user"),
        ("http://127.0.0.1:8931", "http://127.0.0.1:8931/user"),
        ("http://[::1]:8931/api/v3", "http://[::1]:8931/api/v3/user"),
        ("http://localhost", "http://localhost/user"),
    ]) func `addresses of APIs`(text: String, user: String) throws {
        let config = try #require(try GitHubConfig(Environment(["GITHUB_API_URL": text, "GITHUB_TOKEN": "t"])))
        #expect(config.address.url("/user")?.absoluteString == user)
    }

    @Test(arguments: [
        ("http://api.github.com", "GITHUB_API_URL is 'http://api.github.com', expected https"),
        ("http://127.evil.com", "expected https"),
        ("http://127.0.0.1.evil.com", "expected https"),
        ("https://github.com", "expected the address of its API, https://api.github.com"),
        ("https://acme.ghe.com", "expected the address of its API, https://api.acme.ghe.com"),
        ("api.github.com", "GITHUB_API_URL is 'api.github.com', expected an address like https://api.github.com"),
        ("ftp://api.github.com", "expected an address like"),
        ("https://api.github.com?x=1", "expected an address like"),
        ("https://", "expected an address like"),
        ("https://me:hunter2@api.github.com", "GITHUB_API_URL has a user or a password in it"),
    ]) func `other addresses are refused, with what was expected`(text: String, words: String) {
        let problem = Self.problem(["GITHUB_API_URL": text]) ?? ""
        #expect(problem.contains(words))
        #expect(!problem.contains("hunter2"))
    }

    @Test(arguments: [
        (["GITHUB_TOKEN": "gh p"], "GITHUB_TOKEN holds no token"),
        (["GITHUB_TOKEN": "ghp_one,ghp_two"], "GITHUB_TOKEN holds no token"),
        (["GITHUB_TOKEN": "ghp_ä"], "GITHUB_TOKEN holds no token"),
        (["GITHUB_TOKEN_FILE": "/nowhere"], "GITHUB_TOKEN_FILE is '/nowhere', expected a readable text file"),
        (["GITHUB_TOKEN": "ghp_a", "GITHUB_APP_ID": "1"], "GITHUB_TOKEN and GITHUB_APP_ID are both set"),
        (["GITHUB_APP_ID": "1"], "GITHUB_APP_PRIVATE_KEY_FILE is not set"),
        (["GITHUB_APP_PRIVATE_KEY_FILE": "/k"], "GITHUB_APP_ID is not set"),
        (["GITHUB_APP_ID": "1\"2", "GITHUB_APP_PRIVATE_KEY_FILE": "/k"], "GITHUB_APP_ID is '1\"2', expected"),
        (["GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY_FILE": "/nowhere"], "expected a readable text file"),
        (["GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY_FILE": "/etc/hostname"], "expected an RSA private key"),
    ]) func `other credentials are refused without showing them`(values: [String: String], words: String) {
        let problem = Self.problem(values) ?? ""
        #expect(problem.contains(words))
        #expect(!problem.contains("gh p") && !problem.contains("ghp_"))
    }
}
