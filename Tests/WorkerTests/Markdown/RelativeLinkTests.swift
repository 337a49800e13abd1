import Testing

@testable import Text
@testable import Worker

@Suite struct RelativeLinkTests {
    private static let repository = "https://github.com/octo/hello"

    @Test(arguments: [
        ("../pull/12", "https://github.com/octo/hello/pull/12"),
        ("../../issues", "https://github.com/octo/issues"),
        ("..", "https://github.com/octo/hello/"),
        ("./../pull/4", "https://github.com/octo/hello/pull/4"),
        ("%2e%2E/pull/3#x", "https://github.com/octo/hello/pull/3#x"),
        (".%2e/pull/3?a=../b", "https://github.com/octo/hello/pull/3?a=../b"),
        ("../a/../b/./c", "https://github.com/octo/hello/b/c"),
        ("../../../../x", "https://github.com/x"),
        ("docs/../x.md", "https://github.com/octo/hello/blob/HEAD/x.md"),
        ("docs/../../../x", "https://github.com/octo/hello/blob/HEAD/x"),
        ("a/..b/c..", "https://github.com/octo/hello/blob/HEAD/a/..b/c.."),
        ("...", "https://github.com/octo/hello/blob/HEAD/..."),
        ("/a/../b", "https://github.com/b"),
        ("./x", "https://github.com/octo/hello/blob/HEAD/x"),
    ])
    func `dots are resolved as a browser does it on the page of the issue`(link: String, expected: String) {
        #expect(Markdown.html("[a](<\(link)>)", repository: "octo/hello") == "<p>\(anchor(expected, "a"))</p>")
        #expect(
            Markdown.html("<a href=\"\(link)\">a</a>", repository: "octo/hello") == "<p>\(anchor(expected, "a"))</p>"
        )
        let image = expected.replacing("/blob/", with: "/raw/")
        let html = "<p><img src=\"\(image)\" alt=\"a\"></p>"
        #expect(Markdown.html("![a](<\(link)>)", repository: "octo/hello") == html)
        #expect(Markdown.html("<img src='\(link)' alt=a>", repository: "octo/hello") == html)
    }

    @Test func `whole addresses lose their dots as well, but not in what follows the path`() {
        let html = Markdown.html("[a](https://x.y/a/../b/./c?d=/../e#/../f)", repository: "octo/hello")
        #expect(html == "<p>\(anchor("https://x.y/b/c?d=/../e#/../f", "a"))</p>")
        let range = "https://github.com/a/b/compare/v1...v2"
        #expect(Markdown.html(range, repository: "octo/hello") == "<p>\(anchor(range, range))</p>")
    }

    @Test func `a comment is on the page of its issue, other fragments are nowhere`() {
        let html = Markdown.html("[a](#issuecomment-12) [b](#usage) [c](?d)", repository: "octo/hello")
        #expect(html == "<p>\(anchor("\(Self.repository)/issues/7#issuecomment-12", "a")) b c</p>")
    }
}
