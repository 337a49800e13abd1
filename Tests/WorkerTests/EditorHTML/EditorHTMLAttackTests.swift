import CMarkdown
import Foundation
import TestSupport
import Testing

@testable import Text

/// Comments that come through Plane's public API are whatever somebody sent.
@Suite struct EditorHTMLAttackTests {
    private static let fragments = [
        "<", ">", "</", "/>", "<p", "<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<a href=", "<a href=\"https://x.y\">",
        "</a>", "<a href=javascript:x>",
        "<ul>", "</ul>", "<li>", "</li>", "<ol start=-1>", "<ol start=999999999>", "<table>", "</table>", "<tr>",
        "</tr>", "<td>", "<th colspan=9>", "</td>",
        "<pre>", "</pre>", "<code>", "</code>", "<blockquote>", "</blockquote>", "<div>", "</div>",
        "<div data-block-type=callout-component>", "<br>", "<hr>",
        "<h1>", "</h1>", "<img src=https://x.y/z>", "<img src=x onerror=y>", "<image-component src=\"", "<script>",
        "</script>", "<style>", "<svg onload=x>",
        "<iframe src=//x>", "<!--", "-->", "<!DOCTYPE", "<![CDATA[", "]]>", "<?", "?>",
        "<span data-type=emoji data-name=tada>", "</span>", "<mention-component entity_identifier=u1>",
        "<issue-embed-component entity_identifier=w1>", "<input type=checkbox checked>", "<details>", "<summary>", "\"",
        "'", "=", "&", "&lt;", "&gt;", "&amp;", "&#60;",
        "&lt;img src=x onerror=y&gt;", "&lt;/td&gt;", "&lt;!--", "&#x0;", "&#10;", "\u{0}", "\r", "\u{1}", "\n\n",
        "    ", "\t", "\u{FEFF}", "\u{202E}", "é", "😀",
        "@octocat", "#12", "```", "`", "$$", "\\", "[a](javascript:x)", "![](", "](", "*", "_", "~~", "| ", "- ", "1. ",
        "> ", "&lt;a:b&gt;", "://", "www.x.y", "a@b.cd",
    ]

    /// How many texts to try: EDITOR_FUZZ_COUNT, 300 unless set; the first seed is EDITOR_FUZZ_SEED, or 1.
    @Test(.enabled(if: TestEnvironment.includesFaults, "TEST_FAULTS is not set"), .timeLimit(.minutes(20)))
    func `hostile and broken HTML is harmless, and comes round the same`() {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["EDITOR_FUZZ_COUNT"].flatMap(Int.init) ?? 300
        let seed = environment["EDITOR_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
        print("Editor attacks: \(count) texts, seed \(seed)")
        var unstable: [UInt64] = []
        for number in 0..<count {
            var maker = EditorHTMLMaker(seed: seed &+ UInt64(number))
            let html = Self.mutated(maker.document(), using: &maker.generator)
            let target = MarkdownTarget.sample(isPrivate: number % 4 == 0, mayNotify: false)
            let markdown = EditorHTML.markdown(html, for: target)
            let back = Markdown.html(markdown, in: target.links.context)
            let problems = RawTags.problems(in: markdown) + EditorHTMLChecker.problems(in: back)
            #expect(problems == [], "\(html.debugDescription), seed \(seed &+ UInt64(number))")
            if EditorHTML.markdown(back, for: target) != markdown { unstable.append(seed &+ UInt64(number)) }
        }
        // An address that stands beside a tag torn in two gains a backslash at each round.
        withKnownIssue("some broken HTML does not come round the same", isIntermittent: true) {
            #expect(unstable == [])
        }
    }

    private static func mutated(_ html: String, using generator: inout SeededGenerator) -> String {
        var scalars = Array(html.unicodeScalars)
        for _ in 0...Int.random(in: 0...12, using: &generator) {
            let position = Int.random(in: 0...scalars.count, using: &generator)
            let fragment = (fragments.randomElement(using: &generator) ?? "").unicodeScalars
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<6: scalars.insert(contentsOf: fragment, at: position)
            case 6..<9:
                let end = min(scalars.count, position + Int.random(in: 0...30, using: &generator))
                scalars.removeSubrange(position..<end)
            default:
                let soup = (0..<20).map { _ in fragments.randomElement(using: &generator) ?? "" }.joined()
                scalars.insert(contentsOf: soup.unicodeScalars, at: position)
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    @Test(arguments: [
        "<p>&lt;img src=x onerror=alert(1)&gt;</p>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "<script>alert(1)</script>",
        "<img src=\"https://x.y/&quot; onerror=&quot;alert(1)\" width=\"9\">",
        "<img src=https://x.y alt='\" onerror=\"x' width=9>",
        "<a href=\"https://x.y/)](javascript:alert(1))\">a</a>", "<a href=\"java\nscript:alert(1)\">a</a>",
        "<p><!-- &lt;b&gt; --></p>",
        "<table><tr><td colspan='2\" onclick=\"x'>a</td></tr></table>",
        "<pre><code class=\"language-&quot;&gt;&lt;b&gt;\">a</code></pre>",
    ])
    func `nothing of a hostile tag gets through`(html: String) {
        let markdown = EditorHTML.markdown(html)
        #expect(RawTags.problems(in: markdown) == [])
        let back = Markdown.html(markdown, in: .sample())
        #expect(BrowserScanner.dangers(in: back) == [])
        #expect(EditorHTML.markdown(back) == markdown)
    }

    @Test func `typed text neither links nor mentions`() {
        for seed in 0..<300 {
            var maker = EditorHTMLMaker(seed: UInt64(seed))
            let text = (0..<40).map { _ in maker.text() }.joined()
            let markdown = EditorHTML.markdown("<p>\(text)</p>", for: .sample(mayNotify: true))
            let back = Markdown.html(markdown, in: .sample())
            for link in back.matches(of: /<a href="([^"]*)"[^>]*>([^<]*)</) {
                #expect(link.1.hasPrefix("http") && link.2.hasPrefix("http"), "\(link.0), seed \(seed)")
            }
            let words = PlaneText.stripped("<p>\(text)</p>").filter { !$0.isWhitespace }
            #expect(PlaneText.stripped(back).filter { !$0.isWhitespace } == words, "seed \(seed)")
        }
    }
}

/// Finds raw HTML in Markdown that is not ours.
private struct RawTags: MarkdownHandler {
    private var html: [UInt8] = []
    var isWithinLimits: Bool { true }

    mutating func enter(block: MD_BLOCKTYPE, _ detail: UnsafeMutableRawPointer?) {}
    mutating func leave(block: MD_BLOCKTYPE) {}
    mutating func enter(span: MD_SPANTYPE, _ detail: UnsafeMutableRawPointer?) {}
    mutating func leave(span: MD_SPANTYPE) {}

    mutating func text(_ type: MD_TEXTTYPE, _ text: UnsafeRawBufferPointer) {
        if type == MD_TEXT_HTML { html += Shield.restored(text) }
    }

    static func problems(in markdown: String) -> [String] {
        var tags = RawTags()
        guard MarkdownParser.read(MarkdownSource(markdown), with: &tags) else { return [] }
        var problems: [String] = []
        var rest = String(decoding: tags.html, as: UTF8.self)[...]
        while let match = rest.firstMatch(of: /<[^>]*>?/) {
            let isOurs =
                match.0.wholeMatch(
                    of:
                        /<!-- -->|<\/?(ins|sub|sup|strong|em|del|table|tr|t[dh])>|<br>|<t[dh]( (colspan|rowspan)="[0-9]+")*( align="[a-z]+")?>|<img( (width|height)="[0-9]+")+ alt="[^"<>]*" src="https?:[^"<> ]*">/
                ) != nil
            if !isOurs { problems.append(String(match.0)) }
            rest = rest[match.range.upperBound...]
        }
        return problems
    }
}
