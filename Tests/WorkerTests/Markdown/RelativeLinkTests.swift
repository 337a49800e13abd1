import Testing

@testable import Worker

@Suite struct RelativeLinkTests {
    private static let repository = "https://github.com/octo/hello"

    @Test(arguments: [
        ("../pull/12", "/pull/12"), ("../../issues", "/../issues"), ("..", "/"), ("./../pull/4", "/pull/4"),
        ("%2e%2E/pull/3#x", "/pull/3#x"), (".%2e/pull/3?a=../b", "/pull/3?a=../b"), ("../a/../b/./c", "/b/c"),
        ("../../../../x", "/../../x"), ("docs/../x.md", "/blob/HEAD/x.md"), ("docs/../../../x", "/blob/HEAD/x"),
        ("a/..b/c..", "/blob/HEAD/a/..b/c.."), ("...", "/blob/HEAD/..."), ("/a/../b", "/../../b"),
        ("./x", "/blob/HEAD/x"),
    ])
    func `dots are resolved as a browser does it on the page of the issue`(link: String, path: String) {
        // The expected path is written relative to the repository here, too.
        let url =
            path
            .replacing(/^\/\.\.\/\.\.\//) { _ in "" }.replacing(/^\/\.\.\//) { _ in "octo/" }
        let expected = path.hasPrefix("/..") ? "https://github.com/\(url)" : Self.repository + path
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
