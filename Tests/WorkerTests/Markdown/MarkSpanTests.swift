import Testing

@testable import Text
@testable import Worker

@Suite struct MarkSpanTests {
    @Test(arguments: [
        ("`a` `b`", "<code>a</code> <code>b</code>"),
        ("`a`\n`b`", "<code>a</code><br><code>b</code>"),
        ("`a`  \n`b`\\\n`c`", "<code>a</code><br><code>b</code><br><code>c</code>"),
        ("**a** **b**", "<strong>a</strong> <strong>b</strong>"),
        ("**a**\n**b**", "<strong>a</strong><br><strong>b</strong>"),
        ("*a* *b* ~~c~~ ~~d~~", "<em>a</em> <em>b</em> <s>c</s> <s>d</s>"),
        ("**a *b* *c* d** **e**", "<strong>a <em>b</em> <em>c</em> d</strong> <strong>e</strong>"),
        ("***a*** ***b***", "<em><strong>a</strong></em> <em><strong>b</strong></em>"),
        ("**a\nb** **c**", "<strong>a<br>b</strong> <strong>c</strong>"),
        ("<b>a</b> <b>b</b><br><b>c</b>", "<strong>a</strong> <strong>b</strong><br><strong>c</strong>"),
        ("<b>a</b><b>b</b>", "<strong>a</strong><strong>b</strong>"),
        ("<kbd>Ctrl</kbd> <kbd>C</kbd>", "<code>Ctrl</code> <code>C</code>"),
        ("<kbd>a</kbd> `b`", "<code>a</code> <code>b</code>"),
        (
            "x<sub>1</sub> <sub>2</sub> <sup>3</sup> <sup>4</sup>",
            "x<sub>1</sub> <sub>2</sub> <sup>3</sup> <sup>4</sup>"
        ),
        ("<u>a</u> <ins>b</ins> <s>c</s> <del>d</del>", "<u>a</u> <u>b</u> <s>c</s> <s>d</s>"),
        ("<i>a <i>b</i> c</i> <em>d</em>", "<em>a b c</em> <em>d</em>"),
        ("<b>a **b** c</b> **d**", "<strong>a b c</strong> <strong>d</strong>"),
        ("[a](https://x.y) [b](https://x.y)", anchor("https://x.y", "a") + " " + anchor("https://x.y", "b")),
    ])
    func `what stands between two spans belongs to neither`(source: String, html: String) {
        let rendered = Markdown.html(source, repository: "octo/hello")
        #expect(rendered == "<p>\(html)</p>")
        #expect(EditorHTMLChecker.problems(in: rendered) == [])
    }
}
