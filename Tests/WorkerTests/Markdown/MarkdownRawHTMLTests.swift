import Testing

@testable import Text
@testable import Worker

private let cell = "<td colspan=\"1\" rowspan=\"1\">"

@Suite struct MarkdownRawHTMLTests {
    @Test(arguments: [
        ("a <b>b</b> <i>c</i> <del>d</del> <ins>e</ins>", "<p>a <strong>b</strong> <em>c</em> <s>d</s> <u>e</u></p>"),
        (
            "<kbd>Ctrl</kbd>+C H<sub>2</sub>O<br>x<sup>2</sup>",
            "<p><code>Ctrl</code>+C H<sub>2</sub>O<br>x<sup>2</sup></p>"
        ),
        (
            "<img width=\"400\" height=20% src=\"https://github.com/user-attachments/assets/1\" onerror=x align=left>",
            "<p><img src=\"https://github.com/user-attachments/assets/1\" alt=\"\" width=\"400\" height=\"20%\"></p>"
        ),
        ("<img src=data:image/png;base64,AA alt=\"a &lt;b\">", "<p>a &lt;b</p>"),
        (
            "<img src=\"https://i.i/x\" alt=\"<script>&quot;\" width=1e9>",
            "<p><img src=\"https://i.i/x\" alt=\"script&quot;\"></p>"
        ),
        (
            "<details>\n<summary>More <i>of it</i></summary>\n\n- a\n\n</details>\n\nend",
            "<p><strong>More <em>of it</em></strong></p><ul><li><p>a</p></li></ul><p>end</p>"
        ),
        ("<!-- hint -->\na <!-- b --> c", "<p>a  c</p>"),
        ("<!-- never closed\n\na", "<p></p>"),
        ("<script>if (a<b) c()</script>\n\na <style>p{}</style>b <script>c</script>", "<p>a b</p>"),
        ("a <script>never closed *x*\n\nb", "<p>a</p><p>b</p>"),
        ("use <server> or Map<Key> or </server>", "<p>use &lt;server&gt; or Map&lt;Key&gt; or &lt;/server&gt;</p>"),
        ("<font color=red>a</font> <span style=\"x\">b</span>", "<p>a b</p>"),
        ("<iframe src=\"javascript:x\">a</iframe>", "<p>a</p>"),
        ("<p align=center>a   b\nc</p>", "<p>a b c</p>"),
        ("<h2>T</h2>a", "<h2 class=\"editor-heading-block\">T</h2><p>a</p>"),
        ("<blockquote>\n\n*q*\n\n</blockquote>", "<blockquote><p><em>q</em></p></blockquote>"),
        (
            "<pre lang=ruby>\na <b>b</b> &lt;\n  c\n</pre>",
            "<pre><code class=\"language-ruby\">a b &lt;\n  c</code></pre>"
        ),
        ("<pre><code class=language-js>\na</code></pre>", "<pre><code class=\"language-js\">a</code></pre>"),
        ("<ul><li>a<li>b</ul>c", "<ul><li><p>a</p></li><li><p>b</p></li></ul><p>c</p>"),
        ("<ol start=4><li>a</ol>", "<ol start=\"4\"><li><p>a</p></li></ol>"),
        (
            "<table><thead><tr><td>a<td>b</thead></table>",
            "<table><tbody><tr>\(cell)<p>a</p></td>\(cell)<p>b</p></td></tr></tbody></table>"
        ),
        (
            "<table><tr><td>\n\n- a\n\n</td></tr></table>",
            "<table><tbody><tr>\(cell)<ul><li><p>a</p></li></ul></td></tr></tbody></table>"
        ),
        (
            "<table><tr><th colspan=2 rowspan=x align=right onclick=y>a</table>",
            "<table><tbody><tr><th colspan=\"2\" rowspan=\"1\"><p style=\"text-align:right\">a</p></th></tr></tbody></table>"
        ),
        ("<a href=\"https://x.y\" onclick=z>a</a> <a name=b>b</a>", "<p>\(link("https://x.y", "a")) b</p>"),
    ])
    func `tags become what the editor has for them`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == html)
    }

    @Test(arguments: ["https://x.y/a_b_c", "$a_b$ $`c_d`$", "<a:b>y</a:b>", "www.x.y/*a*", "[^a_b]"])
    func `what stands in code is shown as it is`(text: String) {
        var escaped: [UInt8] = []
        HTMLEscape.text(Array(text.utf8)[...], into: &escaped)
        let code = "<pre><code>\(String(decoding: escaped, as: UTF8.self))</code></pre>"
        let notes = "\n\n[^a_b]: n"
        for start in ["**a** ", "<b>a</b> ", "a *b* "] {
            let html = Markdown.html("\(start)<pre>\(text)</pre> d\(notes)", repository: "octo/hello")
            #expect(html.contains("</p>\(code)<p>d</p>"))
            let table = Markdown.html("|\(start)<pre>\(text)</pre>|\n|-|\(notes)", repository: "octo/hello")
            #expect(table.contains("</p>\(code)</th>"))
        }
    }

    @Test(arguments: [
        ("<b>a <i>b</b> c</i> d", "<p><strong>a <em>b</em></strong><em> c</em> d</p>"),
        ("*a <b>b* c", "<p><em>a <strong>b</strong></em> c</p>"),
        ("**a </b> b**", "<p><strong>a  b</strong></p>"),
        ("a </div> </p> </table> b", "<p>a</p><p>b</p>"),
        ("> <div>\n> a\n\nb", "<blockquote><p>a</p></blockquote><p>b</p>"),
        (
            "- <table><tr><td>a\n- b",
            "<ul><li><p></p><table><tbody><tr>\(cell)<p>a</p></td></tr></tbody></table></li><li><p>b</p></li></ul>"
        ),
        ("- a </ul></li> b\n- c", "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>"),
        ("> a </blockquote> b", "<blockquote><p>a</p><p>b</p></blockquote>"),
        ("<li>a</li><td>b</td><tr>", "<p>a</p><p>b</p>"),
        (
            "<table>a<tr>b</table>",
            "<table><tbody><tr>\(cell)<p>a</p></td></tr><tr>\(cell)<p>b</p></td></tr></tbody></table>"
        ),
        ("<ul></ul><table></table><blockquote></blockquote>a<b></b>", "<p>a</p>"),
        ("<div class=\"a", "<p>&lt;div class=\"a</p>"),
        ("x <pre>y", "<p>x</p><pre><code>y</code></pre>"),
        ("<h1>a\n\nb", "<h1 class=\"editor-heading-block\">a</h1><p>b</p>"),
    ])
    func `stray and unclosed tags do not reach beyond their block`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == html)
    }
}

private func link(_ url: String, _ text: String) -> String {
    "<a href=\"\(url)\" target=\"_blank\" rel=\"noopener noreferrer\">\(text)</a>"
}
