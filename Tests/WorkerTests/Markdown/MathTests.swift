import Testing

@testable import Text
@testable import Worker

private func block(_ text: String) -> String { "<pre><code class=\"language-math\">\(text)</code></pre>" }

@Suite struct MathTests {
    @Test(arguments: blocks) func `a formula on lines of its own is a code block`(source: String, html: String) {
        let rendered = Markdown.html(source, repository: "octo/hello")
        #expect(rendered == html)
        #expect(EditorHTMLChecker.problems(in: rendered) == [])
    }

    private static let blocks: [(String, String)] = [
        (
            "Loss:\n\n$$\na_{1} &= b_{2} * c * d \\\\\nx &< y\n$$\n\nas said.",
            "<p>Loss:</p>\(block("a_{1} &amp;= b_{2} * c * d \\\\\nx &amp;&lt; y"))<p>as said.</p>"
        ),
        ("text\n$$\na*b*\n$$\ntext", "<p>text</p>\(block("a*b*"))<p>text</p>"),
        ("$$a_b_c \\, *d*$$", block("a_b_c \\, *d*")),
        ("$$ a\n- b_c_\n> d $$", "<p>$$ a</p><ul><li><p>b_c_</p></li></ul><blockquote><p>d $$</p></blockquote>"),
        ("$$ a\nb_c_\nd $$", block("a\nb_c_\nd ")),
        ("- a\n  $$\n  x_1_\n  $$\n- b", "<ul><li><p>a</p>\(block("x_1_"))</li><li><p>b</p></li></ul>"),
        ("> $$\n> x*y*\n> $$", "<blockquote>\(block("x*y*"))</blockquote>"),
        ("$$\na ``` b\n$$", block("a ``` b")),
        ("```math\na_b_ \\\\\n```", block("a_b_ \\\\")),
    ]

    @Test(arguments: [
        "$a_b * c_d * e$", "$\\alpha \\\\ \\{x\\} \\_$", "$`a_b*c*`$", "$$x_1 * y_2 * z$$ and so on", "($x$) $y$, $z$.",
        "a $*$ b $*$ c", "$[a](b)$ $![a](b)$ $`[a]`$", "$#1$ $@ada$ $:tada:$ $https://x.y$ $|a|$", "$x^2$-axis",
        "$\\$5*a*$",
        "$\\|x\\|$", "$0123456789$",
    ])
    func `a formula in a line stays as it is written`(source: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(source)</p>")
        let html = "<strong>\(source)</strong>"
        #expect(Markdown.html("**\(source)** *b*", repository: "octo/hello") == "<p>\(html) <em>b</em></p>")
    }

    @Test(arguments: [
        ("$5 *and* $10", "$5 <em>and</em> $10"),
        ("from $5-$10, *maybe* $20", "from $5-$10, <em>maybe</em> $20"),
        ("US$5 *x* AU$", "US$5 <em>x</em> AU$"),
        ("$HOME *and* $PATH", "$HOME <em>and</em> $PATH"),
        ("$HOME/$USER *x*", "$HOME/$USER <em>x</em>"),
        ("\\$a *b* c$", "$a <em>b</em> c$"),
        ("$ *a* $", "$ <em>a</em> $"),
        ("`$a` *b* `c$`", "<code>$a</code> <em>b</em> <code>c$</code>"),
        ("`$a*b*$` `$`", "<code>$a*b*$</code> <code>$</code>"),
        ("$a *b*\nc$", "$a <em>b</em><br>c$"),
        ("$n$th *a* $k$", "$n$th <em>a</em> $k$"),
        ("$$ *a*", "$$ <em>a</em>"),
        ("$a|b$ <$x < y$>", "$a|b$ &lt;$x &lt; y$&gt;"),
    ])
    func `prices and shell variables are text, with Markdown between them`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(html)</p>")
    }

    @Test func `what only looks like a block of formulas stays text`() {
        #expect(Markdown.html("$$\na *b*\n\n$$", repository: "octo/hello") == "<p>$$<br>a <em>b</em></p><p>$$</p>")
        #expect(Markdown.html("```\n$$\na\n$$\n```", repository: "octo/hello") == "<pre><code>$$\na\n$$</code></pre>")
        #expect(Markdown.html("$$$$ *a*", repository: "octo/hello") == "<p>$$$$ <em>a</em></p>")
    }

    @Test(arguments: [
        ("$$\nx \\\\ y\n$$, where…", "$$<br>x \\\\ y<br>$$, where…"),
        ("Loss $$\n\\{a_1\\} * b_2 * c\n$$", "Loss $$<br>\\{a_1\\} * b_2 * c<br>$$"),
        ("a $$\nb_c_\n\n*d* $$", "a $$<br>b_c_</p><p><em>d</em> $$"),
    ])
    func `a formula over several lines of a text stays as it is written`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(html)</p>")
        let quote = "> " + source.replacing("\n", with: "\n> ")
        #expect(Markdown.html(quote, repository: "octo/hello") == "<blockquote><p>\(html)</p></blockquote>")
    }

    @Test(arguments: [
        ("<details>\n<summary>S</summary>\nMATH\n</details>", "<p><strong>S</strong></p><p>$$ a_1 * b $$</p>"),
        ("<div>\nMATH\n</div>", "<p>$$ a_1 * b $$</p>"), ("<p align=center>\nMATH", "<p>$$ a_1 * b $$</p>"),
        ("<b>\nMATH", "<p><strong>$$ a_1 * b $$</strong></p>"),
        ("<?php\n\nMATH\n?>", "<p>&lt;?php\n\n$$\na_1 * b\n$$\n?&gt;</p>"),
        ("<![CDATA[\n\nMATH\n]]>", "<p>&lt;![CDATA[\n\n$$\na_1 * b\n$$\n]]&gt;</p>"),
        ("<details>\n\nMATH\n\n</details>", block("a_1 * b")), ("a <b>\nMATH", "<p>a</p>" + block("a_1 * b")),
        ("<div>\n\nMATH\n</div>", block("a_1 * b")), ("<!-- a -->\n\nMATH", block("a_1 * b")),
        ("- <div>\n- a\n\nMATH", "<ul><li><p></p></li><li><p>a</p></li></ul>" + block("a_1 * b")),
    ])
    func `in HTML there are no code blocks`(source: String, html: String) {
        let source = source.replacing("MATH", with: "$$\na_1 * b\n$$")
        #expect(Markdown.html(source, repository: "octo/hello") == html)
    }

    @Test(arguments: ["$#1$", "$@ada$", "$a_b$ $#12$"]) func `a formula in HTML stays as it is written`(formula: String)
    {
        #expect(Markdown.html("<p>\(formula)</p>", repository: "octo/hello") == "<p>\(formula)</p>")
        #expect(Markdown.html("<p>a</p> \(formula)", repository: "octo/hello") == "<p>a</p><p>\(formula)</p>")
        let code = "<pre><code>\(formula)</code></pre>"
        #expect(Markdown.html("x <pre>\(formula)</pre>", repository: "octo/hello") == "<p>x</p>\(code)")
        #expect(
            Markdown.html("x <pre>a</pre> \(formula)", repository: "octo/hello")
                == "<p>x</p><pre><code>a</code></pre><p>\(formula)</p>"
        )
    }

    @Test func `in a table, formulas keep to their cells`() {
        let html = Markdown.html("|a|b|\n|-|-|\n|$x_1*2*$|$\\|y_1\\|$|", repository: "octo/hello")
        #expect(html.contains("<p>$x_1*2*$</p>"))
        #expect(html.contains("<p>$\\|y_1\\|$</p>"))
    }
}
