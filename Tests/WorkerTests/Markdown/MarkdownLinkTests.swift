import Testing

@testable import Text
@testable import Worker

@Suite struct MarkdownLinkTests {
    @Test(arguments: [
        ("[a](https://x.y/z?b=1&c=2 \"title\")", link("https://x.y/z?b=1&amp;c=2", "a")),
        ("<https://x.y>", link("https://x.y", "https://x.y")),
        ("www.x.org", link("http://www.x.org", "www.x.org")),
        ("https://x.y/z.", link("https://x.y/z", "https://x.y/z") + "."),
        ("me@x.org", link("mailto:me@x.org", "me@x.org")),
        ("[a](https://x.y/a&#10;b&#1;)", link("https://x.y/ab", "a")),
        ("[a](tel:+491)", link("tel:+491", "a")),
        ("[a](/b/c)", link("https://github.com/b/c", "a")),
        ("[a](docs/x.md#y)", link("https://github.com/octo/hello/blob/HEAD/docs/x.md#y", "a")),
        ("[a](./x)", link("https://github.com/octo/hello/blob/HEAD/x", "a")),
        ("[a](//x.y/z)", link("https://x.y/z", "a")),
        ("[a](<x y.md>)", link("https://github.com/octo/hello/blob/HEAD/x%20y.md", "a")),
        ("[a](https://münchen.de)", link("https://münchen.de", "a")),
        ("[a](https://x.y:8443/)", link("https://x.y:8443/", "a")),
        ("[a](http://127.0.0.1/)", link("http://127.0.0.1/", "a")),
        ("[a](http://[::1]:80/b)", link("http://[::1]:80/b", "a")),
        ("![a](b.png)", "<img src=\"https://github.com/octo/hello/raw/HEAD/b.png\" alt=\"a\">"),
        (
            "[![a *b*](https://x.y/z.svg)](https://x.y)",
            link("https://x.y", "<img src=\"https://x.y/z.svg\" alt=\"a b\">")
        ),
        ("[`a`](https://x.y)", link("https://x.y", "a")),
        ("[a][1]\n\n[1]: https://x.y", link("https://x.y", "a")),
        ("[a <a href=\"https://b.c\">b</a>](https://x.y)", link("https://x.y", "a b")),
    ])
    func `a good URL becomes an absolute link`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(html)</p>")
    }

    @Test(arguments: [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript&colon;alert(1)", "&#106;avascript:alert(1)",
        "java&#10;script:alert(1)", "&#1;javascript:alert(1)", "&Tab;javascript:alert(1)",
        "java&NewLine;script:alert(1)",
        "javascript%3Aalert(1)", "%6Aavascript:alert(1)", "%20javascript:alert(1)", "vbscript:x", "data:text/html,x",
        "file:///etc/passwd", "blob:https://x.y/z", "ssh://x.y", "http:x", "https://", "https://user:pass@x.y",
        "https://x.y:99999/", "https://1.2.3.999/", "https://xn--a/", "https://[::x]/", "https://[::1",
        "https://[1.2.3.4]/", "https://x%2ey/",
        "https://x.y\\z.q/",
        "#fragment", "?query", "mailto:", "",
    ])
    func `a bad URL leaves the text alone`(url: String) {
        #expect(Markdown.html("[a](<\(url)>)", repository: "octo/hello") == "<p>a</p>")
        #expect(Markdown.html("![a](<\(url)>)", repository: "octo/hello") == "<p>a</p>")
        #expect(Markdown.html("<a href=\"\(url)\">a</a>", repository: "octo/hello") == "<p>a</p>")
        #expect(Markdown.html("<img src='\(url)' alt=a>", repository: "octo/hello") == "<p>a</p>")
    }

    @Test(arguments: references)
    func `a reference becomes a link`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(html)</p>")
    }

    private static let references: [(String, String)] = [
        ("#12", link("https://github.com/octo/hello/issues/12", "#12")),
        ("(#12), x", "(" + link("https://github.com/octo/hello/issues/12", "#12") + "), x"),
        ("**#12**", "<strong>" + link("https://github.com/octo/hello/issues/12", "#12") + "</strong>"),
        ("see a-b/c_d.e#7.", "see " + link("https://github.com/a-b/c_d.e/issues/7", "a-b/c_d.e#7") + "."),
        ("@octo-cat: hi", link("https://github.com/octo-cat", "@octo-cat") + ": hi"),
        ("by @x.", "by " + link("https://github.com/x", "@x") + "."),
        ("@x-", link("https://github.com/x", "@x") + "-"),
        ("修复#3", "修复" + link("https://github.com/octo/hello/issues/3", "#3")),
    ]

    @Test(arguments: [
        "a#12", "#12a", "#012", "#0", "#1234567890", "a/b/c#1", "-a/b#1", "/#1", "a@b", "a.@b", "@types/node", "@x.y",
        "@-x", "@x_y",
        "##1", "@\(String(repeating: "x", count: 40))", "GH-12",
    ])
    func `what only looks like a reference stays text`(source: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(source)</p>")
    }

    @Test func `there are no references inside code, links and addresses`() {
        #expect(Markdown.html("`#1 @x`", repository: "octo/hello") == "<p><code>#1 @x</code></p>")
        #expect(Markdown.html("```\n#1 @x\n```", repository: "octo/hello") == "<pre><code>#1 @x</code></pre>")
        #expect(
            Markdown.html("[#1 @x](https://x.y)", repository: "octo/hello") == "<p>\(link("https://x.y", "#1 @x"))</p>"
        )
        let address = "https://x.y/@a#1"
        #expect(Markdown.html(address, repository: "octo/hello") == "<p>\(link(address, address))</p>")
    }
}

private func link(_ url: String, _ text: String) -> String {
    "<a href=\"\(url)\" target=\"_blank\" rel=\"noopener noreferrer\">\(text)</a>"
}
