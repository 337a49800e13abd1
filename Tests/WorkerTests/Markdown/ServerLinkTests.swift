import Testing

@testable import GitHub
@testable import Sync
@testable import Text
@testable import Worker

@Suite struct ServerLinkTests {
    private static let servers = ["https://ghe.corp.example", "https://acme.ghe.com", "http://github.local:8080"]

    @Test(arguments: servers) func `everything leads to the server of the payload`(server: String) {
        func html(_ source: String) -> String {
            Markdown.html(source, in: .sample(on: server + "/octo/hello", isPrivate: false))
        }
        let sha = "0123456789abcdef0123456789abcdef01234567"
        let repository = "\(server)/octo/hello"
        #expect(html("#12") == "<p>\(anchor("\(repository)/issues/12", "#12"))</p>")
        #expect(
            html("@ada a/b#3")
                == "<p>\(anchor("\(server)/ada", "@ada")) \(anchor("\(server)/a/b/issues/3", "a/b#3"))</p>"
        )
        #expect(html("@octo/team") == "<p>\(anchor("\(server)/orgs/octo/teams/team", "@octo/team"))</p>")
        #expect(html(sha) == "<p>\(anchor("\(repository)/commit/\(sha)", sha))</p>")
        #expect(html("a/b@\(sha)") == "<p>\(anchor("\(server)/a/b/commit/\(sha)", "a/b@\(sha)"))</p>")
        #expect(html("[a](docs/x.md)") == "<p>\(anchor("\(repository)/blob/HEAD/docs/x.md", "a"))</p>")
        #expect(
            html("[a](/x) [b](../pull/1)")
                == "<p>\(anchor("\(server)/x", "a")) \(anchor("\(repository)/pull/1", "b"))</p>"
        )
        #expect(html("[a](#issuecomment-1)") == "<p>\(anchor("\(repository)/issues/7#issuecomment-1", "a"))</p>")
        #expect(html("![a](x.png)") == "<p><img src=\"\(repository)/raw/HEAD/x.png\" alt=\"a\"></p>")
        #expect(html("<img src=/x.png>") == "<p><img src=\"\(server)/x.png\" alt=\"\"></p>")
        #expect(!html("#1 @a a/b#1 [x](y) [x](/y) ![x](z) \(sha)").contains("github.com"))
        let author = Attribution.html(GitHubUser(id: 1, login: "ada"), on: GitHubServer(ofPage: server) ?? .github)
        #expect(author.contains("<a href=\"\(server)/ada\""))
    }

    @Test(arguments: servers) func `only its own addresses name issues`(server: String) {
        let repository = GitHubRepository(
            id: 1,
            fullName: "octo/hello",
            server: GitHubServer(ofPage: server) ?? .github
        )
        func named(_ body: String) -> [IssueMention] {
            IssueMention.all(title: "", body: body, branch: "", in: repository)
        }
        let other = IssueMention(target: .github(repository: "a/b", number: 3), closes: true)
        #expect(named("Fixes \(server)/a/b/issues/3") == [other])
        #expect(named("Fixes [x](\(server.uppercased())/a/b/pull/3#y)") == [other])
        #expect(
            named("https://github.com/a/b/issues/3 www.github.com/a/b/issues/3 \(server).evil.org/a/b/issues/3") == []
        )
        #expect(named("Fixes a/b#3") == [other])
    }

    @Test(arguments: [
        "https://github.com/a/b", "https://GHE.corp.example/x?y", "http://10.0.0.1:8080", "https://acme.ghe.com/a/b#c",
    ])
    func `a page tells its server`(page: String) {
        let server = GitHubServer(ofPage: page)
        #expect(server.map { page.lowercased().hasPrefix($0.url) } == true)
    }

    @Test(arguments: [
        "", "github.com/a/b", "javascript:alert(1)", "ftp://x.y/a", "https://", "https:///a", "https://a b/c",
        "https://u@x.y/",
        "https://u:p@x.y/", "https://x.y:port/", "https://x.y:0/", "https://x.y:99999/", "https://x..y/",
        "https://-x.y/",
        "https://x\"y/", "https://x<y/", "https://x.y\\z/", "https://\(String(repeating: "a", count: 300))/", "//x.y/z",
    ])
    func `what is no plain address tells nothing`(page: String) {
        #expect(GitHubServer(ofPage: page) == nil)
    }
}
