import Foundation
import TestSupport
import Testing

@testable import Text

@Suite(.serialized) struct EditorHTMLLimitTests {
    private static func many(_ unit: String, _ size: Int) -> String {
        String(repeating: unit, count: size / unit.utf8.count)
    }

    /// HTML made to be expensive, each of at most `size` bytes.
    static func bombs(size: Int) -> [(name: String, html: String)] {
        let half = size / 2
        return [
            ("ampersands", many("&", size)), ("brackets", many("<", size)), ("divs", many("<div>", size)),
            ("closed divs", many("<div>", half) + many("</div>", half)), ("end tags", many("</div></b></td>", size)),
            ("attributes", "<p " + many("a=b ", size) + ">x"),
            ("names", "<p " + (0..<size / 12).map { "a\($0)=\"b\" " }.joined() + ">x"),
            ("marks", many("<b>x", size)), ("crossed marks", many("<b>x<i>y</b>z</i>", size)),
            ("quotes", many("<blockquote>x", size)),
            ("lists", many("<ul><li>x", size)), ("items", "<ul>" + many("<li>x", size)),
            ("tables", many("<table><tr><td>x", size)),
            ("nested lists", many(nested, size)),
            ("cells", "<table><tr>" + many("<td>x", size)),
            ("uneven rows", "<table><tr>" + many("<td>x", half) + many("<tr><td>y", half)),
            ("breaks", "<p>" + many("a<br>", size)), ("underscores", many("_", size)), ("stars", many("a* ", size)),
            ("backticks", many("`a", size)),
            ("openers", many("[", size)), ("closers", many("](", size)), ("addresses", many("http://a.b ", size)),
            ("schemes", many("https://", size)),
            ("names of people", many("@a", size)), ("short names", many(":a", size)), ("commits", many("a1", size)),
            ("formulas", many("$a$ ", size)),
            ("links", many("<a href=\"https://x.y\">a</a> ", size)),
            ("emoji", many("<span data-type=emoji data-name=tada></span>", size)),
            ("code", "<pre>" + many("`\n", size)), ("spaces", "<p>a" + many(" ", size) + "b"),
            ("pictures", many("<img src=https://x.y/z>", size)),
            ("rules", many("<hr>", size)), ("comments", many("<!--", size)), ("scripts", many("<script>", size)),
            ("backslashes", many("\\", size)),
            ("words", many("a_b ", size)), ("hosts", many("www.", size)), ("headings", many("<h1>a #", size)),
            ("mentions", many("<mention-component entity_identifier=u1>", size)),
        ]
    }

    private static let nested =
        "<ul><li><p>a</p><ol><li><p>b</p><ul><li><p>c</p></li></ul></li></ol></li><li><p>d</p></li></ul>"

    @Test(.enabled(if: TestEnvironment.includesFaults, "TEST_FAULTS is not set"))
    func `lists in lists cost little, also where they are cut`() {
        let html = Self.many(Self.nested, 260_000)
        var markdown = ""
        let time = processorTime { markdown = EditorHTML.markdown(html) }
        let reading = processorTime { _ = EditorReader.blocks(of: Array(html.utf8)) }
        // It is written about five times until it is cut; halving alone took twenty.
        #expect(time < reading * 25, "\(time), of which reading takes \(reading)")
        #expect((EditorHTML.outputLimit - 200...EditorHTML.outputLimit).contains(markdown.utf16.count))
        #expect(markdown.hasSuffix("\n\n… [[continued in Plane](https://plane.x/w/browse/GH-7/)]"))
    }

    @Test(.enabled(if: TestEnvironment.includesFaults, "TEST_FAULTS is not set"), .timeLimit(.minutes(30)))
    func `no text costs more than in proportion to its length`() {
        for (name, html) in Self.bombs(size: 1 << 17) {
            var length = 0
            let time = processorTime { length = EditorHTML.markdown(html).utf16.count }
            let other = processorTime { _ = EditorHTML.fingerprint(html) }
            // What is linear takes a second or two in this build, and what is quadratic would take minutes.
            #expect(time < .seconds(20) && other < .seconds(20), "\(name): \(time), \(other)")
            #expect(length <= EditorHTML.outputLimit, "\(name)")
        }
    }

    @Test(.enabled(if: TestEnvironment.includesFaults, "TEST_FAULTS is not set"))
    func `a text that is too long ends with a link to the rest`() {
        let end = "… [[continued in Plane](https://plane.x/w/browse/GH-7/)]"
        for unit in [
            "<p>some words</p>", "<ul><li>a</li></ul>", "a word ", "<p>*</p>", "😀",
            "<table><tr><td>a</td></tr></table>",
        ] {
            let html = Self.many(unit, 400_000)
            let markdown = EditorHTML.markdown(html)
            #expect(markdown.utf16.count <= EditorHTML.outputLimit)
            #expect(markdown.utf16.count > EditorHTML.outputLimit - 200, "\(unit)")
            #expect(markdown.hasSuffix(end))
            #expect(!markdown.unicodeScalars.contains("\u{FFFD}"))
            #expect(EditorHTML.markdown(Markdown.html(markdown, in: .sample())) == markdown, "\(unit)")
        }
        let code = EditorHTML.markdown("<pre><code>\(Self.many("let a = 1\n", 200_000))</code></pre><p>b</p>")
        #expect(code.utf16.count > EditorHTML.outputLimit - 200)
        #expect(code.hasSuffix("\n```\n\n\(end)"))
        #expect(EditorHTML.markdown(Self.many("<p>a", 3 << 20)).hasSuffix(end))
        #expect(!EditorHTML.markdown(Self.many("<p>a</p>", 100_000)).hasSuffix(end))
    }

    @Test func `what lies too deep is text only`() {
        let deep = Self.many("<blockquote>", 40 * 12) + "a" + Self.many("</blockquote>", 40 * 13) + "<p>b</p>"
        #expect(EditorHTML.markdown(deep) == Self.many("> ", 64) + "a\n\nb")
        let divs = Self.many("<div>", 5 * 100) + "a" + Self.many("</div>", 6 * 100) + "<ul><li>b</li></ul>"
        #expect(EditorHTML.markdown(divs) == "a\n\n- b")
        let lists = Self.many("<ul><li>a", 9 * 100)
        let markdown = EditorHTML.markdown(lists)
        #expect(EditorHTML.markdown(Markdown.html(markdown, in: .sample())) == markdown)
    }
}
