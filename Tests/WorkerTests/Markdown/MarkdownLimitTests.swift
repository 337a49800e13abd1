import TestSupport
import Testing

@testable import Text
@testable import Worker

@Suite(.serialized) struct MarkdownLimitTests {
    /// The longest body GitHub lets anybody write.
    private static let longest = 262_144

    @Test(.timeLimit(.minutes(15))) func `no body of GitHub's size costs much or becomes much`() {
        var slowest: [(name: String, time: Duration)] = []
        for bomb in Bomb.all(size: Self.longest) {
            var html = ""
            let time = processorTime { html = Markdown.html(bomb.source, repository: "octo/hello") }
            slowest.append((bomb.name, time))
            // What is linear takes seconds in this build, and what is quadratic in our own code would take minutes. For
            // md4c, which is fast even then, MarkdownCostTests has a lower limit.
            #expect(time < .seconds(10), "\(bomb.name)")
            #expect(html.utf8.count <= Markdown.outputBudget, "\(bomb.name)")
        }
        slowest.sort { $0.time > $1.time }
        print(
            "slowest of \(slowest.count) bombs:",
            slowest.prefix(5).map { "\($0.name) \($0.time)" }.joined(separator: ", ")
        )
    }

    @Test(arguments: [200, 8_000]) func `a bomb does not break the output either`(size: Int) {
        for bomb in Bomb.all(size: size) {
            let html = Markdown.html(bomb.source, repository: "octo/hello")
            #expect(EditorHTMLChecker.problems(in: html) == [], "\(bomb.name)")
        }
    }

    @Test func `the nesting cap is thirty-two`() {
        func quotes(_ depth: Int) -> String { String(repeating: ">", count: depth) + " a" }
        #expect(Markdown.html(quotes(32), repository: "octo/hello").hasPrefix("<blockquote>"))
        let escaped = String(repeating: "&gt;", count: 33)
        #expect(Markdown.html(quotes(33), repository: "octo/hello") == "<pre><code>\(escaped) a</code></pre>")
        let tags = String(repeating: "<blockquote>", count: 33) + "a"
        #expect(Markdown.html(tags, repository: "octo/hello").hasPrefix("<pre><code>&lt;blockquote&gt;"))
        let spans = String(repeating: "[![", count: 17) + "a" + String(repeating: "](b)](c)", count: 17)
        #expect(EditorHTMLChecker.problems(in: Markdown.html(spans, repository: "octo/hello")) == [])
    }

    @Test func `a body beyond the budget comes back as its source`() {
        let source =
            "[x]: https://x.y/" + String(repeating: "u", count: 8_000) + "\n\n"
            + String(repeating: "[x] ", count: 1_000)
        #expect(Markdown.html(source, repository: "octo/hello") == "<pre><code>\(source)</code></pre>")
    }

    @Test(arguments: ["&", "é&", "\u{A0}", "😀", "x"])
    func `a source too long even for that is cut where nothing breaks`(unit: String) {
        let html = Markdown.html(
            ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>" + String(repeating: unit, count: 1 << 20),
            repository: "octo/hello"
        )
        #expect(html.utf8.count <= Markdown.outputBudget)
        #expect(html.utf8.count > Markdown.outputBudget - 64)
        #expect(html.hasSuffix("\n… (too long to show here)</code></pre>"))
        #expect(!html.unicodeScalars.contains("\u{FFFD}"))
        #expect(EditorHTMLChecker.problems(in: html) == [])
    }
}
