import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Text
@testable import Worker

@Suite struct MarkdownFuzzTests {
    private static let bodies = [
        "### Steps\n\n1. Open *Settings*\n2. Press <kbd>Ctrl</kbd>+`S`\n\n> quoted\n> text\n\n- [ ] one\n- [x] two\n- three",
        "<details>\n<summary>Log</summary>\n\n```console\n$ run --all\nerror: <nil>\n```\n\n</details>\n\nFixes #12, see octo/world#3. /cc @octocat",
        "| a | b |\n|:--|--:|\n| `x\\|y` | **z** |\n\n<img width=\"300\" src=\"https://github.com/user-attachments/assets/1\" />\n\n---\n",
        "> [!WARNING]\n> Mind the [gap](docs/gap.md \"t\") and ![it](img/x.png)\n\nSetext\n===\n\n[ref]: https://x.y/z\n[ref] <b>bold</b>",
        "<table><tr><td>\n\n- a\n  - b\n\n</td><td align=\"center\">x</td></tr></table>\n\nwww.x.org me@x.org ~~no~~ &copy; 😀",
        "Note[^1] on $a_b * c$ and [c[^x]](https://x.y/_a_).\n\n$$\nx \\\\ y_1\n$$\n\n[^1]: See https://x.y/a_b.\n    More.\n[^x]: <ns:url>",
    ]

    private static let fragments = [
        "<b>", "</b>", "<a href=\"https://a.b\">", "</a>", "<a href=javascript:x onclick=y>", "<td>", "</td>", "<tr>",
        "<table>",
        "</table>", "<ul>", "</ul>", "<ol start=7>", "</ol>", "<li>", "</li>", "<pre>", "</pre>", "<code>", "</code>",
        "<h3>",
        "</h3>", "<blockquote>", "</blockquote>", "<p>", "</p>", "<div>", "</div>", "<br>", "<hr>", "<img src=a.png>",
        "<!--",
        "-->", "<script>", "</script>", "<style>", "<svg onload=x>", "<summary>", "</summary>", "> ", "- ", "1. ",
        "- [ ] ", "```",
        "`", "**", "*", "_", "~~", "\n", "\n\n", "    ", "&nbsp;", "&#x41;", "&lt;", "[x](", "](", "](javascript:a)",
        ")",
        "http://", "www.", "@", "#1", "\u{0}", "\r", "\u{A0}", "[!NOTE]", "<x y=\"", "'", "\"", "=", "<", ">", "&",
        "\\", "| a |\n|-|\n",
        "$", "$$", "$$\n", "[^1]", "[^1]: ", "\n\n[^1]: a_b\n\n", "[^*]", ":tada:", "<a:b>", "</a:b>", "<video src=",
        "</video>",
        "0123456789abcdef0123456789abcdef01234567", "https://x.y/a_b", "“", "”", "\r\n", "octo_acme/x",
        "<source srcset=a>",
        "<title>", "<textarea>", "<plaintext>", "\u{2028}", "\u{1}", "é", "\u{FEFF}",
    ]

    @Test(.timeLimit(.minutes(30))) func `whatever the source, the output is well-formed and allowed`() async {
        for seed in Fuzz("Markdown fuzz", few: 500).seeds {
            await Task.yield()
            var generator = SeededGenerator(seed: seed)
            let source = Self.body(using: &generator)
            let html = Markdown.html(source, repository: "octo/hello")
            let problems = EditorHTMLChecker.problems(in: html, from: source)
            #expect(problems == [], "seed \(seed): \(source.debugDescription)")
            #expect(!PlaneText.stripped(html).utf8.contains(0), "seed \(seed)")
            if !problems.isEmpty { return }
        }
    }

    private static func body(using generator: inout SeededGenerator) -> String {
        var scalars = Array((bodies.randomElement(using: &generator) ?? "").unicodeScalars)
        for _ in 0...Int.random(in: 0...9, using: &generator) {
            let position = Int.random(in: 0...scalars.count, using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<6:
                scalars.insert(
                    contentsOf: (fragments.randomElement(using: &generator) ?? "").unicodeScalars,
                    at: position
                )
            case 6..<8:
                scalars.removeSubrange(
                    position..<min(scalars.count, position + Int.random(in: 0...20, using: &generator))
                )
            case 8:
                let other = Array((bodies.randomElement(using: &generator) ?? "").unicodeScalars)
                let start = Int.random(in: 0..<other.count, using: &generator)
                scalars.insert(contentsOf: other[start...].prefix(60), at: position)
            default:
                let soup = (0..<20).map { _ in fragments.randomElement(using: &generator) ?? "" }.joined()
                scalars.insert(contentsOf: soup.unicodeScalars, at: position)
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
