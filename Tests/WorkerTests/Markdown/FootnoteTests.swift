import Testing

@testable import Text
@testable import Worker

private func mark(_ number: Int) -> String { "<sup>[\(number)]</sup>" }
private func notes(_ notes: String...) -> String {
    "<hr><ol>" + notes.map { "<li>\($0)</li>" }.joined() + "</ol>"
}

@Suite struct FootnoteTests {
    @Test(arguments: references) func `a reference is a number, and its note stands at the end`(
        source: String,
        html: String
    ) {
        let rendered = Markdown.html(source, repository: "octo/hello")
        #expect(rendered == html)
        #expect(EditorHTMLChecker.problems(in: rendered) == [])
    }

    private static let references: [(String, String)] = [
        ("a[^1]\n\n[^1]: note", "<p>a\(mark(1))</p>\(notes("<p>note</p>"))"),
        (
            "a[^x], b[^Note].\n\n[^note]: See `c`.\n[^x]: One\ntwo.\n\nEnd.",
            "<p>a\(mark(1)), b\(mark(2)).</p><p>End.</p>\(notes("<p>One<br>two.</p>", "<p>See <code>c</code>.</p>"))"
        ),
        ("a[^1]b[^1]\n\n[^1]: note", "<p>a\(mark(1))b\(mark(1))</p>\(notes("<p>note</p>"))"),
        (
            "a[^1]\n\n[^1]: One\n\n    two\n\n    - three\n\nb",
            "<p>a\(mark(1))</p><p>b</p>\(notes("<p>One</p><p>two</p><ul><li><p>three</p></li></ul>"))"
        ),
        ("a[^1]\n\n[^1]:\n    note", "<p>a\(mark(1))</p>\(notes("<p>note</p>"))"),
        ("a[^1]\r\n\r\n[^1]: note\r\n\r\nb", "<p>a\(mark(1))</p><p>b</p>\(notes("<p>note</p>"))"),
        ("text\n[^1]: note\n\nb[^1]", "<p>text</p><p>b\(mark(1))</p>\(notes("<p>note</p>"))"),
        (
            "> a[^1]\n>\n> [^1]: note\n> more\n\nb",
            "<blockquote><p>a\(mark(1))</p></blockquote><p>b</p>\(notes("<p>note<br>more</p>"))"
        ),
        (
            "- a[^1]\n\n    [^1]: note\n- b",
            "<ul><li><p>a\(mark(1))</p></li><li><p>b</p></li></ul>\(notes("<p>note</p>"))"
        ),
        ("**a[^1]** *b*\n\n[^1]: note", "<p><strong>a\(mark(1))</strong> <em>b</em></p>\(notes("<p>note</p>"))"),
        (
            "a[^1]\n\n[^1]: b[^2]\n[^2]: c[^1]",
            "<p>a\(mark(1))</p>\(notes("<p>b\(mark(2))</p>", "<p>c\(mark(1))</p>"))"
        ),
        (
            "# a[^1]\n\n> b[^2]\n\n[^2]: two\n[^1]: *one*",
            "<h1 class=\"editor-heading-block\">a\(mark(1))</h1><blockquote><p>b\(mark(2))</p></blockquote>"
                + notes("<p><em>one</em></p>", "<p>two</p>")
        ),
        (
            "a[^1]\n\n[^1]: note\n\n```\nopen",
            "<p>a\(mark(1))</p><pre><code>open</code></pre>\(notes("<p>note</p>"))"
        ),
        (
            "a[^1] [b]\n\n[^1]: see [b]\n\n[b]: https://x.y",
            "<p>a\(mark(1)) \(anchor("https://x.y", "b"))</p>\(notes("<p>see \(anchor("https://x.y", "b"))</p>"))"
        ),
        ("a[^Ä]\n\n[^ä]: n", "<p>a\(mark(1))</p>\(notes("<p>n</p>"))"),
        ("a[^1]\n\n[^1]: n\n\n<!-- open", "<p>a\(mark(1))</p>\(notes("<p>n</p>"))"),
        ("a[^1]\n\n[^1]: n\n\n<pre>\nopen", "<p>a\(mark(1))</p><pre><code>open</code></pre>\(notes("<p>n</p>"))"),
        (
            "<blockquote>\n\na[^1]\n\n[^1]: n\n</blockquote>\n\nb",
            "<blockquote><p>a\(mark(1))</p></blockquote><p>b</p>\(notes("<p>n</p>"))"
        ),
        ("a[^1]\n\n[^1]: n\n<div>x</div>", "<p>a\(mark(1))</p><p>x</p>\(notes("<p>n</p>"))"),
        ("a[^1]\n\n[^1]: n\n<b>x</b> y", "<p>a\(mark(1))</p>\(notes("<p>n<br><strong>x</strong> y</p>"))"),
        ("a[^1]\n\n[^1]: n\n#1fixed", "<p>a\(mark(1))</p>\(notes("<p>n<br>#1fixed</p>"))"),
        (
            "a[^1]\n\n[^1]: n\n## b",
            "<p>a\(mark(1))</p><h2 class=\"editor-heading-block\">b</h2>\(notes("<p>n</p>"))"
        ),
    ]

    @Test(arguments: [
        ("[a[^1]](https://x.y)", anchor("https://x.y", "a" + mark(1))),
        ("[a[^1]][b] [b]", anchor("https://x.y", "a" + mark(1)) + " " + anchor("https://x.y", "b")),
        ("![a[^1]](https://x.y/z)", "<img src=\"https://x.y/z\" alt=\"a[^1]\">"),
        ("x[^1]_y_ _z_[^1]", "x\(mark(1))<em>y</em> <em>z</em>\(mark(1))"),
        ("**x**[^1]**y**", "<strong>x</strong>\(mark(1))<strong>y</strong>"),
        ("x[^*], y[^**] z*", "x\(mark(1)), y\(mark(2)) z*"), ("[^_x] y_", "\(mark(1)) y_"),
        ("[^`x`] `y`", "\(mark(1)) <code>y</code>"),
        ("x[^a.b]: {^1} [^1]", "x\(mark(1)): {^1} \(mark(2))"),
        ("x <pre>a</pre> b[^1]", "x</p><pre><code>a</code></pre><p>b\(mark(1))"),
        ("x <script>a</script> b[^1]", "x  b\(mark(1))"),
        ("`a[^1]` <i title=\"[^1]\">b</i>[^1]", "<code>a[^1]</code> <em>b</em>\(mark(1))"),
        ("$a[^1]$ b[^1]", "$a[^1]$ b\(mark(1))"),
    ])
    func `to Markdown a reference is punctuation and nothing else`(source: String, html: String) {
        let labels = ["1", "*", "**", "_x", "`x`", "a.b"]
        let definitions = labels.map { "[^\($0)]: n\n" }.joined() + "\n[b]: https://x.y\n"
        #expect(Markdown.html("\(source)\n\n\(definitions)", repository: "octo/hello").hasPrefix("<p>\(html)</p>"))
    }

    @Test(arguments: [
        ("a[^1]", "<p>a[^1]</p>"),
        ("a[^2]\n\n[^1]: not referred to", "<p>a[^2]</p>"),
        ("a \\[^1] `b[^1]`\n\n[^1]: note", "<p>a [^1] <code>b[^1]</code></p>"),
        ("a[^] [^ 1]", "<p>a[^] [^ 1]</p>"),
        ("[^1][^2]", "<p>[^1][^2]</p>"),
    ])
    func `what refers to no note stays text, and so does code`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == html)
    }

    @Test(arguments: [
        "```\n[^1]: note\n```", "    [^1]: note", "<pre>\n[^1]: note\n</pre>", "- a\n\n  ```\n  [^1]: note\n  ```",
    ])
    func `code that looks like a definition is shown as it is`(source: String) {
        let html = Markdown.html(source + "\n\nb[^1]", repository: "octo/hello")
        #expect(html.contains("<pre><code>[^1]: note"))
        #expect(html.hasSuffix("<p>b[^1]</p>"))
    }

    @Test(arguments: [
        ("<div>\n[^1]: x\n</div>", "<p>[^1]: x</p>"), ("<?php\n\n[^1]: x\n?>", "<p>&lt;?php\n\n[^1]: x\n?&gt;</p>"),
        ("text\n    [^1]: n", "<p>text<br>[^1]: n</p>"),
    ])
    func `what stands in HTML or goes on with a text defines nothing`(source: String, html: String) {
        #expect(Markdown.html("\(source)\n\na[^1]", repository: "octo/hello") == html + "<p>a[^1]</p>")
    }

    @Test func `links are defined as ever`() {
        let link = anchor("https://x.y", "a")
        #expect(Markdown.html("[a][1] [^2]\n\n[1]: https://x.y", repository: "octo/hello") == "<p>\(link) [^2]</p>")
        #expect(
            Markdown.html("[^2] [a][1]\n\n[1]: https://x.y\n[^2]: b", repository: "octo/hello")
                == "<p>\(mark(1)) \(link)</p>" + notes("<p>b</p>")
        )
    }

    @Test func `what a note mentions is mentioned`() {
        let found = IssueMention.all(title: "", body: "a[^1]\n\n[^1]: #12", branch: "", repository: "octo/hello")
        #expect(found == [IssueMention(target: .github(repository: "octo/hello", number: 12), closes: false)])
    }
}
