import Testing

@testable import Text
@testable import Worker

@Suite struct MediaTests {
    private static let asset = "https://github.com/user-attachments/assets/1"

    @Test(arguments: [
        ("<video src=\"URL\" controls></video>", "LINK"), ("<audio src='URL'></audio>", "LINK"),
        ("<video controls>\n<source src=\"URL\">\n<source src=\"https://x.y/z\">\n</video>", "LINK"),
        ("a <video src=\"URL\"><source src=\"https://x.y/z\"></video> b", "a LINK b"), ("<video src=URL>", "LINK"),
        ("<iframe src=URL></iframe>", "LINK"), ("<object data=URL></object>", "LINK"), ("<embed src=URL>", "LINK"),
        ("<picture><source srcset=\"URL 2x, z 3x\"></picture>", "LINK"), ("<source src=URL>", "LINK"),
        (
            "<picture><source srcset=\"https://x.y/dark.png\"><img alt=a src=URL></picture>",
            "<img src=\"URL\" alt=\"a\">"
        ),
        ("**<video src=URL></video>**", "<strong>LINK</strong>"),
        ("<video></video><video src=javascript:x></video>a", "a"),
        ("<video>\n<source src=URL>\nYour browser does not support the video tag.\n</video>", "LINK"),
        ("a <video src=URL>b *c* <i>d</i> <a href='https://x.y'>e</a></video> f", "a LINK f"),
        ("<video src=URL><p>No <b>video</b></p></video><b>a</b>", "LINK<strong>a</strong>"),
        ("<object data=URL><embed src=URL></object>", "LINK"),
        ("<object data=URL><iframe src=URL>a</iframe>b</object>", "LINK"),
        ("<video src=URL></video><video src=URL></video>", "LINK LINK"),
        ("<video src=URL></video> <embed src=URL>", "LINK LINK"),
        ("<video src=URL> a *b*", "LINK a b"), ("<video src=URL> a <video src=URL></video> b", "LINK a LINK b"),
        (
            "<picture>\n\n<source srcset=\"https://x.y/dark.png\">\n\n<img alt=a src=URL>\n</picture>",
            "<img src=\"URL\" alt=\"a\">"
        ),
    ])
    func `what the editor cannot play becomes a link`(source: String, html: String) {
        let link = anchor(Self.asset, Self.asset)
        let source = source.replacing("URL", with: Self.asset)
        let html = html.replacing("LINK", with: link).replacing("URL", with: Self.asset)
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(html)</p>")
        #expect(Markdown.html("- \(source)", repository: "octo/hello").contains(html))
        #expect(EditorHTMLChecker.problems(in: Markdown.html("|a|\n|-|\n|\(source)|", repository: "octo/hello")) == [])
    }

    @Test func `in code its address shows, and a cell ends one that was not closed`() {
        let code = Markdown.html("<pre><video src=\(Self.asset)></video></pre>", repository: "octo/hello")
        #expect(code == "<pre><code>\(Self.asset)</code></pre>")
        let table = Markdown.html("<table><tr><td><video src=\(Self.asset)>a<td>b</table>", repository: "octo/hello")
        #expect(table.contains("<p>\(anchor(Self.asset, Self.asset))a</p></td>"))
        #expect(table.contains("<p>b</p></td>"))
    }

    @Test(arguments: [
        ("![a](URL)", "<img src=\"URL\" alt=\"a\"> LINK"),
        ("x <img src=\"URL\" alt=a> y", "x <img src=\"URL\" alt=\"a\"> LINK y"),
        ("[![a](URL)](https://x.y) z", "OUTER LINK z"),
        ("<a href=\"https://x.y\"><img alt=a src='URL'></a> z", "OUTER LINK z"),
        ("**![a](URL)** *b*", "<strong><img src=\"URL\" alt=\"a\"> LINK</strong> <em>b</em>"),
        ("<a href=\"https://x.y\"><img alt=a src='URL'>", "OUTER LINK"),
    ])
    func `beside a picture of a private repository stands a link`(source: String, html: String) {
        for url in [
            Self.asset, "https://private-user-images.githubusercontent.com/1/2.png?jwt=x",
            "https://ghe.corp.example/a.png",
        ] {
            let source = source.replacing("URL", with: url)
            let image = "<img src=\"\(url)\" alt=\"a\">"
            let expected = html.replacing("LINK", with: anchor(url, "a"))
                .replacing("OUTER", with: anchor("https://x.y", image)).replacing("URL", with: url)
            let context = MarkdownContext.sample(on: "https://ghe.corp.example", isPrivate: true)
            #expect(Markdown.html(source, in: context) == "<p>\(expected)</p>")
            #expect(!Markdown.html(source, in: .sample()).contains("<a href=\"\(url)\""))
        }
    }

    @Test func `pictures of others need none, and a file of the repository does`() {
        let context = MarkdownContext.sample(isPrivate: true)
        #expect(
            !Markdown.html("![a](https://img.shields.io/b) ![c](https://github.com.evil.org/d)", in: context).contains(
                "<a"
            )
        )
        let file = "https://github.com/octo/hello/raw/HEAD/docs/a.png"
        #expect(
            Markdown.html("![](docs/a.png)", in: context)
                == "<p><img src=\"\(file)\" alt=\"\"> \(anchor(file, "image"))</p>"
        )
    }
}
