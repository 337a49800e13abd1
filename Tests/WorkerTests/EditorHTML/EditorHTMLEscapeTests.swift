import Testing

@testable import Text

@Suite struct EditorHTMLEscapeTests {
    @Test(arguments: [
        "a # b", "a - b + c", "1.5 and (2) a.", "2 * 3", "snake_case_name", "C:\\Users\\me", "a | b", "$5 and $10",
        "a [b] c", "[WIP] a",
        "it's \"ok\" & so on; a > b < c", "wow!", "5 < 6", "a:x1::c 10:30:45", "~5", "a* b", "one ` tick", "x^2 {y} %z",
        "AT&T; a&b", "@", "#", "# ",
        "C#", "a@ b", "-5", "#hash", "1.a", "+1", "=", "word:", "e-mail", "1234567", "deadbeef",
        "c0ffee00-1234-4abc-9def-0123456789ab",
        "foo://bar/baz", "https://x.y/a_b, https://x.y/_c", ":nosuchemoji:",
    ])
    func `what has no effect is written as it is`(text: String) {
        let trimmed = text.last == " " ? String(text.dropLast()) : text
        let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        let expected = ["#", "# ", "="].contains(text) ? "\\" + trimmed : trimmed
        #expect(EditorHTML.markdown("<p>\(escaped)</p>") == expected)
    }

    @Test(arguments: [
        ("# a", "\\# a"), ("###### a", "\\###### a"), ("> a", "\\> a"), ("- a", "\\- a"), ("* a", "\\* a"),
        ("+ a", "\\+ a"), ("-", "\\-"),
        ("1. a", "1\\. a"), ("12) a", "12\\) a"), ("---", "\\---"), ("===", "\\==="), ("***", "\\*\\*\\*"),
        ("___", "\\_\\_\\_"), ("```", "\\`\\`\\`"),
        ("~~~", "\\~\\~\\~"), ("| a | b |", "\\| a | b |"), (":-: | -", "\\:-: | -"), ("[a]: b", "\\[a\\]: b"),
        ("[^1]: b", "\\[^1\\]: b"),
        ("*a*", "\\*a\\*"), ("_a_", "\\_a\\_"), ("__a__", "\\_\\_a\\_\\_"), ("~~a~~", "\\~\\~a\\~\\~"),
        ("`a`", "\\`a\\`"), ("[a](b)", "[a\\](b)"),
        ("![a](b)", "\\![a\\](b)"), ("<b>", "&lt;b>"), ("<a:b>", "&lt;a:b>"), ("<!-- a", "&lt;!-- a"),
        ("&copy;", "&amp;copy;"), ("&#35;", "&amp;#<!-- -->35;"),
        ("\\*", "\\\\*"), ("\\*a*", "\\\\\\*a\\*"), ("a\\", "a\\\\"), ("$a$", "\\$a\\$"), ("$$a$$", "\\$\\$a\\$\\$"),
        ("@octocat", "@<!-- -->octocat"), ("a@b.cd", "a@<!-- -->b.cd"),
        ("#12", "#<!-- -->12"), ("octo/hello#12", "octo/hello#<!-- -->12"), ("GH-12", "GH-<!-- -->12"),
        (":tada:", ":<!-- -->tada:"),
        (":+1::octocat:", ":<!-- -->+1::<!-- -->octocat:"), ("www.x.y", "www.<!-- -->x.y"),
        ("deadbee1", "d<!-- -->eadbee1"),
        ("0123456789abcdef0123456789abcdef01234567", "0<!-- -->123456789abcdef0123456789abcdef01234567"),
        ("foo://_a_", "foo:<!-- -->//\\_a\\_"), ("a\u{A0}b", "a&nbsp;b"), ("{^1}", "{^1}"),
    ])
    func `what would become Markdown, notify or link does not`(text: String, markdown: String) {
        let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        #expect(EditorHTML.markdown("<p>\(escaped)</p>") == markdown)
        for html in [Markdown.html(markdown, in: .sample()), Markdown.html("a\\\n" + markdown, in: .sample())] {
            #expect(PlaneText.stripped(html).hasSuffix(text))
            #expect(!html.contains("<a ") && !html.contains("<strong>") && !html.contains("<li>"))
        }
    }

    @Test func `ten rounds add no backslash`() async {
        var maker = EditorHTMLMaker(seed: 7)
        let start = EditorHTML.markdown((0..<20).map { _ in maker.document() }.joined()).withoutTabs
        var markdown = start
        for _ in 0..<10 {
            await Task.yield()
            markdown = EditorHTML.markdown(Markdown.html(markdown, in: .sample()))
        }
        #expect(markdown == start)
    }
}
