import CMarkdown
import Foundation
import TestSupport
import Testing

@testable import Text

/// Comments that come through Plane's public API are whatever somebody sent.
@Suite struct EditorHTMLAttackTests {
    @Test(.timeLimit(.minutes(30))) func `hostile and broken HTML is harmless, and comes round the same`() async {
        let fuzz = Fuzz("Editor attacks", few: 15)
        var unstable: [UInt64] = []
        for seed in fuzz.seeds {
            await Task.yield()
            var maker = EditorHTMLMaker(seed: seed)
            let html = maker.hostileDocument()
            let target = MarkdownTarget.sample(isPrivate: seed % 4 == 0, mayNotify: false)
            let markdown = EditorHTML.markdown(html, for: target)
            let back = Markdown.html(markdown, in: target.links.context)
            let problems = RawTags.problems(in: markdown) + EditorHTMLChecker.problems(in: back)
            #expect(problems == [], "\(html.debugDescription), seed \(seed)")
            if EditorHTML.markdown(back, for: target) != markdown.withoutTabs { unstable.append(seed) }
        }
        #expect(unstable == [])
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

    @Test func `typed text neither links nor mentions`() async {
        for seed in 0..<40 {
            await Task.yield()
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
