import Foundation
import TestSupport
import Testing

@testable import Text

/// With M for the way out and H for the way in: M(H(M(x))) is M(x), so that a text does not change at each round.
@Suite struct EditorHTMLStabilityTests {
    @Test(.timeLimit(.minutes(30))) func `what goes round comes back the same`() async {
        let fuzz = Fuzz("Editor rounds", few: 15)
        var unstable: [UInt64] = []
        var simplified: Set<UInt64> = []
        for seed in fuzz.seeds {
            await Task.yield()
            var maker = EditorHTMLMaker(seed: seed)
            let html = maker.document()
            for target in [MarkdownTarget.sample(), .sample(isPrivate: true, mayNotify: false)] {
                let once = EditorHTML.markdown(html, for: target)
                let twice = EditorHTML.again(once, for: target)
                if twice != once.withoutTabs { unstable.append(seed) }
                let blocks = EditorReader.blocks(of: Array(html.utf8))
                if once != LimitedMarkdown.text(blocks, isCut: false, for: target) { simplified.insert(seed) }
            }
        }
        #expect(unstable == [])
        // The form of what the editor writes is not given up, or so rarely that nobody has found out how.
        #expect(simplified.count <= 1 + fuzz.count / 5_000, "\(simplified)")
    }

    @Test(arguments: [
        // Of torn HTML: stars in an address, links that touch, an address in two parts, what md4c takes for a link.
        "<p>~~.www.😀a_b.cd\\~a | b~~</p>", "<s>www.😀b</s>w", "www.<b>a</b> and www.*a*_b_",
        "<b><a href=\"https://x.y/a*。b=\">*</a></b>", "<a href=\"mailto:a>_<span>\">_</a>",
        "http://[::1]/a<br><a href=\"http://[::1]/a\">e", "https://x.y/z<a href=\"https://x.y/z\">_b_",
        "&lt;\ra:>", "&lt;=a:&gt;", "http://@http://日", "e@.g#", "_a_@x.yz, a_b@x.yz", "`<code>$<br>$",
        "<i># http://o/_)# t", "<a href=\"mailto   :a@b.cd\">1", "<a href=\"https://_a_\">^]:",
        // Of lists, whose lines our renderer reads without md4c: formulas, notes and tables in and beside code.
        "<ul><li><h1>$$&lt;</h1>]$$", "<ul><li><ol><li><h4>h</h4></ol><pre>[^1]:", "<ul><li><pre>|\n|-",
        "<ul><li><div data-block-type=\"callout-component\"></div><ol><li>-$$</li><li>[$$", "<table>`<td><code>$<br>$",
        "b_________a<code>b</code><i>[", "b_________b&gt;<i>&lt;", "<a href=\"mailto:a@b.cd\">&lt;-@m>",
        "<del>!<em><a href=\"https://x.y/(a\">&gt;</a></em></del>https://x.y/(a:", "<a href=\"https://x.y?a=b_\">c</a>",
        "<img src=\"https://github.com/a/b.png\" alt=\"a\" width=\"20\"><code> ",
    ])
    func `what once did not come back the same`(html: String) {
        for target in [MarkdownTarget.sample(), .sample(isPrivate: true, mayNotify: false)] {
            let once = EditorHTML.markdown(html, for: target)
            #expect(EditorHTML.again(once, for: target) == once)
            #expect(once == LimitedMarkdown.text(EditorReader.blocks(of: Array(html.utf8)), isCut: false, for: target))
        }
    }

    @Test func `what would change at each round gives up its form, and nothing else does`() {
        func text(_ text: String, _ marks: MarkSet = []) -> EditorBlock {
            .paragraph([.text(Array(text.utf8), EditorStyle(marks: marks))], alignment: nil)
        }
        func markdown(_ blocks: [EditorBlock]) -> String { StableMarkdown.text(blocks, isCut: false, for: .sample()) }
        // The reader makes no such blocks: of quotes that lie too deep our renderer shows the source.
        let deep = (0..<40).reduce(text("a *b*", .strong)) { block, _ in .quote([block]) }
        #expect(markdown([deep]) == "a \\*b\\*")
        #expect(markdown([text("c", .strong), deep, text("d", .emphasis)]) == "**c**\n\na \\*b\\*\n\n_d_")
        // What a round leaves out without a word getting lost is left out at once.
        #expect(markdown([text("a"), .list(EditorList()), text("b", .strong)]) == "a\n\n**b**")
    }

    @Test func `tabs that indent code stay, and are spaces only where they must be`() {
        let html = "<pre><code>a:\n\tb\tc\n  \td</code></pre>"
        let markdown = EditorHTML.markdown(html)
        #expect(markdown == "```\na:\n\tb\tc\n  \td\n```")
        #expect(EditorHTML.again(markdown) == "```\na:\n    b\tc\n    d\n```")
        #expect(EditorHTML.markdown("<ul><li>\(html)</li></ul>") == "- ```\n  a:\n      b\tc\n      d\n  ```")
        #expect(EditorHTML.fingerprint(html) == EditorHTML.fingerprint(Markdown.html(markdown, in: .sample())))
        #expect(EditorHTML.fingerprint(html) != EditorHTML.fingerprint(html.replacing("\tc", with: "  c")))
        // Who changes another block leaves the tabs in the source, and a new block may have some.
        let old = Markdown.html(markdown, in: .sample())
        #expect(
            EditorHTML.merged(source: markdown, old: old, new: old + "<p>x</p>" + html, for: .sample())
                == markdown + "\n\nx\n\n" + markdown
        )
    }
}
