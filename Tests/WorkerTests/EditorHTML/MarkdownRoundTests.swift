import Testing

@testable import Text

/// With H for the way in and M for the way out: H(M(H(m))) is H(m) for what Plane can hold of GitHub's Markdown.
@Suite struct MarkdownRoundTests {
    @Test(arguments: [
        "Hello *world*, **bold _both_** ~~gone~~ `code`", "one\n\ntwo", "a\nb  \nc\\\nd", "**a\nb**\n*c*",
        "# One\n\n###### Six",
        "```swift\nlet a = \"b\" < c\n```", "```\n\tx\n\n```", "    a\n    b", "> a\n>> b", "- a\n- b\n  - c",
        "- a\n\n- b", "3. a\n4. b", "-\n- > q",
        "a\n\n---", "5 > 3 & \"x\"", "&copy; &#x41; &nope; &amp;lt; &nbsp;.", "😀 :tada:", "- [ ] a\n- [x] b",
        "- [X] a\n- b\n- [ ] c", "1. [ ] a\n2. b",
        "| a | b |\n|---|--:|\n| `x\\|y` | *2* |\n| z |", "> [!NOTE]\n> *hi*", "> [!caution]", "> [!TIP] no\n> x",
        "#12, octo/world#3 and @octocat.", "**#12**",
        "0123456789abcdef0123456789abcdef01234567", "https://x.y/a_b_c, www.x.y and me@x.org",
        "[a](docs/gap.md) ![it](img/x.png)", "<kbd>Ctrl</kbd> <ins>a</ins> H<sub>2</sub>O",
        "<img width=\"300\" src=\"https://x.y/z\">", "<details>\n<summary>More</summary>\n\n- a\n\n</details>",
        "<table><tr><th>a</th></tr><tr><td>\n\n- b\n\n</td></tr></table>",
        "Note[^1].\n\n[^1]: More", "$a_b$ and $`c`$", "<!-- hint -->\na", "use <server> or Map<Key>",
        "\\*a\\* \\_b\\_ \\# \\[c\\](d)", "~~a~~ ~b~", "a | b\nc", "C:\\dir \\\\ x",
        "1986\\. A year", "snake_case and 2 * 3", "$$\nx \\\\ y_1\n$$", "[![a](https://x.y/z)](https://x.y)",
        "***both*** and **_both_**",
    ])
    func `what Plane can hold comes back as it was`(source: String) {
        let html = Markdown.html(source, in: .sample())
        // Marks are a set: which of two lies in the other is not kept.
        let expected = html.replacing("<em><strong>both</strong></em>", with: "<strong><em>both</em></strong>")
        #expect(Markdown.html(EditorHTML.markdown(html), in: .sample()) == expected)
    }

    @Test(arguments: [
        // The head of a table that has none, the order of marks, widths in percent, spaces in a row, brackets in an
        // address, marks that end only to begin again.
        ("<table><tr><td>a</td></tr></table>", "| a |\n| --- |"), ("<i><b>a</b></i>", "**_a_**"),
        ("<img width=50% src=\"https://x.y/z\">", "![](https://x.y/z)"), ("a <!-- b --> c", "a c"),
        ("https://x.y/[2]", "[https&#58;//x.y/\\[2\\]](https://x.y/%5B2%5D)"), ("**a**\n**b**", "**a\\\nb**"),
    ])
    func `what has two forms in Plane gets the one that lasts`(source: String, markdown: String) {
        let html = EditorHTML.markdown(Markdown.html(source, in: .sample()))
        #expect(html == markdown)
        #expect(EditorHTML.markdown(Markdown.html(markdown, in: .sample())) == markdown)
    }
}
