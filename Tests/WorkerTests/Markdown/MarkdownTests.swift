import Testing

@testable import Text
@testable import Worker

private let open =
    "<li data-type=\"taskItem\" data-checked=\"false\"><label><input type=\"checkbox\"><span></span></label><div>"
private let done =
    "<li data-type=\"taskItem\" data-checked=\"true\">"
    + "<label><input type=\"checkbox\" checked=\"checked\"><span></span></label><div>"
private let callout =
    "<div data-block-type=\"callout-component\" data-logo-in-use=\"icon\" data-icon-name=\"Info\" data-background="

@Suite struct MarkdownTests {
    @Test(arguments: [
        ("", "<p></p>"),
        (" \n\t\n", "<p></p>"),
        (
            "Hello *world*, **bold _both_** ~~gone~~",
            "<p>Hello <em>world</em>, <strong>bold <em>both</em></strong> <s>gone</s></p>"
        ),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("a\nb  \nc\\\nd", "<p>a<br>b<br>c<br>d</p>"),
        ("a\r\nb", "<p>a<br>b</p>"),
        ("**a\nb**\n*c*", "<p><strong>a<br>b</strong><br><em>c</em></p>"),
        (
            "# One\n\n###### Six",
            "<h1 class=\"editor-heading-block\">One</h1><h6 class=\"editor-heading-block\">Six</h6>"
        ),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("**`x`** *y*", "<p><code>x</code> <em>y</em></p>"),
        ("```swift\nlet a = \"b\" < c\n```", "<pre><code class=\"language-swift\">let a = \"b\" &lt; c</code></pre>"),
        ("```c++ title\nx\n\n```", "<pre><code class=\"language-c++\">x\n</code></pre>"),
        ("```\"><b>\nx\n```", "<pre><code>x</code></pre>"),
        ("    a\n    b", "<pre><code>a\nb</code></pre>"),
        ("> a\n>> b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"),
        ("- a\n- b\n  - c", "<ul><li><p>a</p></li><li><p>b</p><ul><li><p>c</p></li></ul></li></ul>"),
        ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("3. a\n4. b", "<ol start=\"3\"><li><p>a</p></li><li><p>b</p></li></ol>"),
        ("1. a", "<ol><li><p>a</p></li></ol>"),
        ("-\n- > q", "<ul><li><p></p></li><li><p></p><blockquote><p>q</p></blockquote></li></ul>"),
        ("a\n\n---", "<p>a</p><hr>"),
        ("5 > 3 & \"x\"", "<p>5 &gt; 3 &amp; \"x\"</p>"),
        ("&copy; &#x41; &nope; &amp;lt; &nbsp;.", "<p>© A &amp;nope; &amp;lt; &nbsp;.</p>"),
        ("😀", "<p>😀</p>"),
        ("a\u{0}b", "<p>ab</p>"),
        ("\u{0}", "<p></p>"),
    ])
    func `Markdown becomes the editor's HTML`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == html)
    }

    @Test(arguments: [
        ("- [ ] a\n- [x] b", "<ul data-type=\"taskList\">\(open)<p>a</p></div></li>\(done)<p>b</p></div></li></ul>"),
        (
            "- [X] a\n- b\n- [ ] c",
            "<ul data-type=\"taskList\">\(done)<p>a</p></div></li></ul><ul><li><p>b</p></li></ul>"
                + "<ul data-type=\"taskList\">\(open)<p>c</p></div></li></ul>"
        ),
        (
            "1. [ ] a\n2. b",
            "<ul data-type=\"taskList\">\(open)<p>a</p></div></li></ul><ol start=\"2\"><li><p>b</p></li></ol>"
        ),
        (
            "- [ ] a\n  - b",
            "<ul data-type=\"taskList\">\(open)<p>a</p><ul><li><p>b</p></li></ul></div></li></ul>"
        ),
    ])
    func `tasks become task lists of tasks only`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == html)
    }

    @Test func `a table has one body, and alignment stands on its paragraphs`() {
        let html = Markdown.html("| a | b |\n|---|--:|\n| `x\\|y` | *2* |\n| z |", repository: "octo/hello")
        #expect(
            html == "<table><tbody><tr><th colspan=\"1\" rowspan=\"1\"><p>a</p></th>"
                + "<th colspan=\"1\" rowspan=\"1\"><p style=\"text-align:right\">b</p></th></tr>"
                + "<tr><td colspan=\"1\" rowspan=\"1\"><p><code>x|y</code></p></td>"
                + "<td colspan=\"1\" rowspan=\"1\"><p style=\"text-align:right\"><em>2</em></p></td></tr>"
                + "<tr><td colspan=\"1\" rowspan=\"1\"><p>z</p></td><td colspan=\"1\" rowspan=\"1\"><p></p></td></tr>"
                + "</tbody></table>"
        )
    }

    @Test(arguments: ["|a|b|\n|-|-|\n|c|d|", "a|b\n-|-\nc|d", "| a | b |\n| -- | - |\n| c | d |"])
    func `one dash makes a column`(source: String) {
        let html = Markdown.html(source, repository: "octo/hello")
        let (th, td) = ("<th colspan=\"1\" rowspan=\"1\"><p>", "<td colspan=\"1\" rowspan=\"1\"><p>")
        let head = "<tr>\(th)a</p></th>\(th)b</p></th></tr>"
        #expect(html == "<table><tbody>\(head)<tr>\(td)c</p></td>\(td)d</p></td></tr></tbody></table>")
    }

    @Test func `delimiters in code stay as they are`() {
        let html = Markdown.html("```\n|a|\n|-|\n```\n|b|\n\n|-|", repository: "octo/hello")
        #expect(html == "<pre><code>|a|\n|-|</code></pre><p>|b|</p><p>|-|</p>")
    }

    @Test(arguments: [
        ("> [!NOTE]\n> *hi*", "\(callout)\"light-blue\"><p><strong>Note</strong></p><p><em>hi</em></p></div>"),
        ("> [!caution]", "\(callout)\"peach\"><p><strong>Caution</strong></p></div>"),
        ("> [!TIP] no\n> x", "<blockquote><p>[!TIP] no<br>x</p></blockquote>"),
        ("> [!OTHER]\n> x", "<blockquote><p>[!OTHER]<br>x</p></blockquote>"),
        ("> a\n>\n> [!NOTE]\n> b", "<blockquote><p>a</p><p>[!NOTE]<br>b</p></blockquote>"),
        ("[!NOTE]\nx", "<p>[!NOTE]<br>x</p>"),
    ])
    func `alerts become callouts`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == html)
    }
}
