import Testing

@testable import Text

@Suite struct EditorHTMLTests {
    @Test(arguments: [
        ("", ""), ("<p></p>", ""), ("<p> <br> </p>", ""),
        ("<p class=\"editor-paragraph-block\" data-id=\"1\">a</p><p></p><p>b<br>c</p>", "a\n\nb\\\nc"),
        ("<p>a<br><br>b</p>", "a\\\n\\\nb"), ("<p>a \n  b&nbsp;c</p>", "a b&nbsp;c"),
        ("<h1>One</h1><h6>Six<br>#</h6>", "# One\n\n###### Six<br>#"), ("<h2>C #</h2>", "## C \\#"),
        ("<hr>", "---"), ("<div data-type=\"horizontalRule\" class=\"py-4\"><div></div></div><p>a</p>", "---\n\na"),
        ("<blockquote><p>a</p><p>b<br>c</p></blockquote>", "> a\n>\n> b\\\n> c"),
        ("<blockquote><p>a</p></blockquote><blockquote><p>b</p></blockquote>", "> a\n\n> b"),
        ("<p style=\"text-align:right\"><span data-text-color=\"red\">a</span></p>", "a"),
        ("<section><p>a</p><custom-tag>b</custom-tag></section>", "a\n\nb"),
        ("<details><summary>More</summary><p>x</p></details>", "**More**\n\nx"),
    ])
    func `blocks`(html: String, markdown: String) {
        #expect(EditorHTML.markdown(html) == markdown)
    }

    @Test(arguments: [
        ("<strong>a</strong> <em>b</em> <s>c</s> <u>d</u>", "**a** _b_ ~~c~~ <ins>d</ins>"),
        ("H<sub>2</sub>O x<sup>2</sup>", "H<sub>2</sub>O x<sup>2</sup>"),
        ("<b>a</b> <i>b</i> <del>c</del> <ins>d</ins>", "**a** _b_ ~~c~~ <ins>d</ins>"),
        ("<strong> a </strong>b", "**a** b"), ("<strong>a <em>b</em></strong><em> c</em>", "**a _b_** _c_"),
        ("<em>a<strong>b</strong></em><strong>c</strong>", "_a**b**_**c**"),
        ("a<strong>b</strong>c", "a**b**c"), ("a<em>b</em>c", "a<em>b</em>c"),
        ("<strong>a:</strong>b", "<strong>a:</strong>b"), ("<strong>你好。</strong>世界", "<strong>你好。</strong>世界"),
        ("<strong>a<br>b</strong>", "**a\\\nb**"), ("<strong></strong>a", "a"),
        ("<code>a`b</code> <code>`c`</code> <code> d </code>", "``a`b`` `` `c` `` `  d  `"),
        ("<strong><code>a *b* &lt;c&gt; @d</code></strong>", "`a *b* <c> @d`"),
    ])
    func `marks`(html: String, markdown: String) {
        #expect(EditorHTML.markdown("<p>\(html)</p>") == markdown)
    }

    @Test(arguments: [
        ("<a href=\"https://x.y/z\" target=\"_blank\" class=\"c\">a *b*</a>", "[a \\*b\\*](https://x.y/z)"),
        (
            "<a href=\"https://x.y/z\">https://x.y/z</a>, <a href=\"https://x.y\">z</a>",
            "https://x.y/z, [z](https://x.y)"
        ),
        ("(<a href=\"https://x.y/z\">https://x.y/z</a>)", "(<https://x.y/z>)"),
        ("<a href=\"https://x.y/z\"><strong>a</strong> b</a>", "[**a** b](https://x.y/z)"),
        (
            "<a href=\"https://x.y/a_(b)\">a</a> <a href=\"https://x.y/(b\">b</a>",
            "[a](https://x.y/a_(b)) [b](https://x.y/%28b)"
        ),
        ("<a href=\"javascript:alert(1)\">a</a> <a href=\"/a/b\">b</a> <a>c</a>", "a b c"),
        ("<a href=\"https://x.y/?a=1&amp;copy=2&amp;lt;=3\">a</a>", "[a](https://x.y/?a=1&copy=2&amp;lt;=3)"),
        (
            "<a href=\"https://github.com/octo/hello/issues/12\">#12</a>: x",
            "[#12](https://github.com/octo/hello/issues/12): x"
        ),
        ("see <a href=\"https://github.com/octo/hello/issues/12\">#12</a>.", "see #12."),
        ("<strong><a href=\"https://github.com/octo/world/issues/3\">octo/world#3</a></strong>", "**octo/world#3**"),
        (
            "<a href=\"https://github.com/octo/hello/issues/13\">#12</a>",
            "[#12](https://github.com/octo/hello/issues/13)"
        ),
        ("<a href=\"mailto:a@b.cd\">a@b.cd</a> <a href=\"mailto:a@b.cd\">a</a>", "a@b.cd [a](mailto:a@b.cd)"),
        ("https://x.y/a_b_c and http://u:p@x.y/_a_", "https://x.y/a_b_c and http:<!-- -->//u:p@<!-- -->x.y/\\_a\\_"),
    ])
    func `links`(html: String, markdown: String) {
        #expect(EditorHTML.markdown("<p>\(html)</p>") == markdown)
    }

    @Test(arguments: [
        ("<ul><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p></p></li></ul>", "- a\n  - b\n- <!-- -->"),
        ("<ol start=\"9\"><li><p>a</p></li><li><p>b</p><p>c</p></li></ol>", "9. a\n10. b\n\n    c"),
        ("<ol><li><p>a</p></li></ol><ol><li><p>b</p></li></ol>", "1. a\n\n1) b"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul><ul><li>c</li></ul>", "- a\n\n* b\n\n- c"),
        (
            "<ul data-type=\"taskList\"><li data-type=\"taskItem\" data-checked=\"true\"><label><input type=\"checkbox\" "
                + "checked=\"checked\"><span></span></label><div><p>a</p></div></li>"
                + "<li data-checked=\"false\" data-type=\"taskItem\"><div><p>b</p></div></li></ul>",
            "- [x] a\n- [ ] b"
        ),
        ("<ul><li><input type=\"checkbox\" disabled checked> a</li><li>b</li></ul>", "- [x] a\n\n* b"),
        ("<ul><li><blockquote><p>q</p></blockquote></li><li><p>[ ] a</p></li></ul>", "- > q\n\n- \\[ ] a"),
        ("<ul><li><p>a</p><ol start=\"3\"><li><p>b</p></li></ol></li></ul>", "- a\n\n  3. b"),
        ("<ul><li><p>a</p><pre><code>b</code></pre><p>c</p></li></ul>", "- a\n\n  ```\n  b\n  ```\n  c"),
    ])
    func `lists`(html: String, markdown: String) {
        #expect(EditorHTML.markdown(html) == markdown)
    }

    @Test(arguments: [
        ("<pre><code class=\"language-swift\">let a = \"b\" &lt; c</code></pre>", "```swift\nlet a = \"b\" < c\n```"),
        ("<pre language=\"go\"><code>\tx</code></pre>", "```go\n\tx\n```"), ("<pre><code></code></pre>", "```\n\n```"),
        ("<pre><code>```\n````\n</code></pre>", "`````\n```\n````\n\n`````"),
        ("<pre>a<br>b *c* @d", "```\na\nb *c* @d\n```"),
        ("<pre><code class=\"language-x&quot;><b>\">a</code></pre>", "```x\na\n```"),
    ])
    func `code`(html: String, markdown: String) {
        #expect(EditorHTML.markdown(html) == markdown)
    }

    @Test(arguments: [
        (
            "<table><tbody><tr><th><p>a</p></th><th><p style=\"text-align: right\">b</p></th></tr>"
                + "<tr><td><p>c|d<br>e</p></td><td></td></tr><tr><td><p>-</p></td></tr></tbody></table>",
            "| a | b |\n| --- | --: |\n| c\\|d<br>e |  |\n| \\- |  |"
        ),
        ("<table><tr><td>a</td><td><code>b|c</code></td></tr></table>", "| a | `b\\|c` |\n| --- | --- |"),
        (
            "<table><tr><th colspan=\"2\"><p>a</p></th></tr><tr><td><ul><li>b</li></ul></td><td></td></tr></table>",
            "<table>\n<tr>\n<th colspan=\"2\">\n\na\n\n</th>\n</tr>\n<tr>\n<td>\n\n- b\n\n</td>\n<td></td>\n</tr>\n</table>"
        ),
        (
            "<table><tr><th>a</th><td>b</td></tr></table>",
            "<table>\n<tr>\n<th>\n\na\n\n</th>\n<td>\n\nb\n\n</td>\n</tr>\n</table>"
        ),
    ])
    func `tables`(html: String, markdown: String) {
        #expect(EditorHTML.markdown(html) == markdown)
    }

    private static let callout = "<div data-block-type=\"callout-component\" data-background="

    @Test(arguments: [
        ("\(callout)\"peach\"><p><strong>Caution</strong></p><p>a</p></div>", "> [!CAUTION]\n> a"),
        ("\(callout)\"green\"><p><strong>Tip</strong></p><ul><li>a</li></ul></div>", "> [!TIP]\n>\n> - a"),
        ("\(callout)\"green\"><p>a</p></div><p>b</p>", "> [!NOTE]\n> a\n\nb"),
        ("<div data-block-type=\"callout-component\" data-emoji-unicode=\"128161\"><p>a</p></div>", "> [!NOTE]\n> a"),
        ("<blockquote><p>[!NOTE]<br>a</p></blockquote>", "> [<!-- -->!NOTE]\\\n> a"),
    ])
    func `callouts`(html: String, markdown: String) {
        #expect(EditorHTML.markdown(html) == markdown)
    }

    @Test(arguments: [
        ("<img src=\"https://x.y/z.png\" alt=\"a [b]\">", "![a \\[b\\]](https://x.y/z.png)"),
        ("<p>a <img src=\"https://x.y/z.png\" width=\"35%\"> b</p>", "a ![](https://x.y/z.png) b"),
        (
            "<image-component src=\"https://x.y/z.png\" width=\"300px\" height=\"auto\" id=\"1\"></image-component>",
            "<img width=\"300\" alt=\"\" src=\"https://x.y/z.png\">"
        ),
        (
            "<image-component src=\"5b0f1e0c-0000-4000-8000-000000000000\" width=\"35%\"></image-component><p>a</p>",
            "[image in Plane](https://plane.x/w/browse/GH-7/)\n\na"
        ),
        ("<p><a href=\"https://x.y\"><img src=\"https://x.y/z\"></a></p>", "[![](https://x.y/z)](https://x.y)"),
        (
            "<p>a<img src=\"javascript:x\" alt=\"b\"><img alt=\"c\"></p>",
            "a[image in Plane](https://plane.x/w/browse/GH-7/)c"
        ),
        ("<p><span data-type=\"emoji\" data-name=\"tada\">🎉</span></p>", "🎉"),
        (
            "<p><span data-type=\"emoji\" data-name=\"tada\"></span><span data-type=\"emoji\" data-name=\"my\"></span></p>",
            "🎉:my:"
        ),
    ])
    func `pictures and emoji`(html: String, markdown: String) {
        #expect(EditorHTML.markdown(html) == markdown)
    }

    @Test(arguments: [
        (true, "hi @octocat, Ada \\*Love_lace\\* and someone[@octocat](https://github.com/octocat)"),
        (false, "hi Octo Cat, Ada \\*Love_lace\\* and someoneOcto Cat"),
    ])
    func `only linked people are mentioned, and only where that is allowed`(mayNotify: Bool, markdown: String) {
        func mention(_ id: String) -> String {
            "<mention-component entity_identifier=\"\(id)\" id=\"x\" entity_name=\"user_mention\"></mention-component>"
        }
        let html = "<p>hi \(mention("U1")), \(mention("u2")) and \(mention("u9"))\(mention("u1"))</p>"
        #expect(EditorHTML.markdown(html, for: .sample(mayNotify: mayNotify)) == markdown)
        #expect(EditorHTML.mentionedUsers(in: html) == ["u1", "u2", "u9"])
        #expect(EditorHTML.embeddedWorkItems(in: html) == [])
    }

    @Test func `people of the source are not notified again where that is not allowed`() {
        let html = "<p><a href=\"https://github.com/octocat\">@octocat</a></p>"
        #expect(EditorHTML.markdown(html, for: .sample(mayNotify: true)) == "@octocat")
        #expect(EditorHTML.markdown(html, for: .sample(mayNotify: false)) == "[@octocat](https://github.com/octocat)")
    }

    @Test func `embedded work items become issues, or links to Plane`() {
        let html = ["w1", "w2", "W3", "w4"].map {
            "<issue-embed-component entity_identifier=\"\($0)\" entity_name=\"issue\"></issue-embed-component>"
        }.joined()
        #expect(
            EditorHTML.markdown(html) == """
                #12

                octo/world#3

                [A page \\[x\\]](https://plane.x/w/browse/AB-1/)

                [work item in Plane](https://plane.x/w/browse/GH-7/)
                """
        )
        #expect(EditorHTML.embeddedWorkItems(in: html) == ["w1", "w2", "w3", "w4"])
    }

    @Test func `the link that our renderer puts beside a private picture goes again`() {
        let target = MarkdownTarget.sample(isPrivate: true)
        for source in [
            "a ![b](https://github.com/o/r/x.png) c", "[![b](https://github.com/o/r/x.png)](https://x.y) c",
            "[![](https://github.com/o/x.png) ![d](https://github.com/o/y.png)](https://x.y)",
        ] {
            let html = Markdown.html(source, in: target.links.context)
            #expect(html.contains("https://github.com/o/"))
            #expect(html.contains(">b</a>") || html.contains(">d</a>"))
            #expect(EditorHTML.markdown(html, for: target) == source)
        }
    }
}
