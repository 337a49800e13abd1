import Testing

@testable import Worker

@Suite struct FootnoteTests {
    @Test(arguments: [
        ("a[^1]\n\n[^1]: note", "<p>a[^1]</p><p>[^1]: note</p>"),
        ("a[^1]\n\n[^1]: <note> \"title\"", "<p>a[^1]</p><p>[^1]: &lt;note&gt; \"title\"</p>"),
        ("a[^1]\n\n[^1]:\nnote", "<p>a[^1]</p><p>[^1]:<br>note</p>"),
        ("a[^x-y]\r\n\r\n[^x-y]: note", "<p>a[^x-y]</p><p>[^x-y]: note</p>"),
        ("[^1]: one\n[^2]: two\n\n[^1][^2]", "<p>[^1]: one<br>[^2]: two</p><p>[^1][^2]</p>"),
        ("> [^1]: note\n\n[^1]", "<blockquote><p>[^1]: note</p></blockquote><p>[^1]</p>"),
        ("- [^1]: note\n- [^1]", "<ul><li><p>[^1]: note</p></li><li><p>[^1]</p></li></ul>"),
        ("10. > [^1]: note", "<ol start=\"10\"><li><p></p><blockquote><p>[^1]: note</p></blockquote></li></ol>"),
        ("- a\n\n    [^1]: note\n\n[^1]", "<ul><li><p>a</p><p>[^1]: note</p></li></ul><p>[^1]</p>"),
    ])
    func `a footnote and its definition stay text`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == html)
    }

    @Test(arguments: ["```\n[^1]: note\n```", "    [^1]: note", "<pre>\n[^1]: note\n</pre>"])
    func `code that looks like a definition is shown as it is`(source: String) {
        let html = Markdown.html(source, repository: "octo/hello")
        #expect(Array(html.utf8).contains(0) == false)
        #expect(html.contains("<pre><code>[^1]: note"))
    }

    @Test func `links are defined as ever`() {
        let link = "<a href=\"https://x.y\" target=\"_blank\" rel=\"noopener noreferrer\">a</a>"
        #expect(Markdown.html("[a][1] [^2]\n\n[1]: https://x.y", repository: "octo/hello") == "<p>\(link) [^2]</p>")
        #expect(
            Markdown.html("[^2] [a][1]\n\n[1]: https://x.y\n[^2]: b", repository: "octo/hello")
                == "<p>[^2] \(link)</p><p>[^2]: b</p>"
        )
    }

    @Test func `what a definition mentions is mentioned`() {
        let found = IssueMention.all(title: "", body: "a[^1]\n\n[^1]: #12", branch: "", repository: "octo/hello")
        #expect(found == [IssueMention(target: .github(repository: "octo/hello", number: 12), closes: false)])
    }
}
