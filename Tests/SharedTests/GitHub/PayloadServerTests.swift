import Testing

@testable import Base
@testable import GitHub

@Suite struct PayloadServerTests {
    private static func repository(_ fields: String, issuePage: String = "null") throws -> GitHubRepository {
        let body = """
            {"action": "opened", "issue": {"id": 1, "number": 2, "title": "t", "updated_at": "2026-03-02T10:30:00Z",
            "html_url": \(issuePage)}, "repository": {"id": 3, "full_name": "a/b"\(fields)}}
            """
        return try Payload(Array(body.utf8), event: .issues).repository
    }

    @Test(arguments: [
        (", \"html_url\": \"https://ghe.corp.example/a/b\"", "null", "https://ghe.corp.example"),
        (", \"html_url\": \"http://ghe.local:8080/a/b\"", "null", "http://ghe.local:8080"),
        ("", "\"https://acme.ghe.com/a/b/issues/2\"", "https://acme.ghe.com"),
        (", \"html_url\": \"javascript:x\"", "\"https://acme.ghe.com/a/b/issues/2\"", "https://acme.ghe.com"),
        ("", "null", "https://github.com"),
        (", \"html_url\": null", "null", "https://github.com"),
        (", \"html_url\": 7, \"private\": \"yes\"", "null", "https://github.com"),
        (", \"html_url\": {}, \"private\": null", "\"\"", "https://github.com"),
        (", \"html_url\": \"https://u:p@evil.org/a/b\"", "\"not an address\"", "https://github.com"),
    ])
    func `the server is that of the pages, and odd ones refuse nothing`(
        fields: String,
        page: String,
        server: String
    ) throws {
        let repository = try Self.repository(fields, issuePage: page)
        #expect(repository.server.url == server)
        #expect(repository.url == server + "/a/b")
        #expect(!repository.isPrivate)
    }

    @Test func `a private repository is one`() throws {
        #expect(try Self.repository(", \"private\": true").isPrivate)
        #expect(try !Self.repository(", \"private\": false").isPrivate)
    }
}
