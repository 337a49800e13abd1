import Foundation
import TestSupport
import Testing

@testable import Text
@testable import Worker

@Suite struct MarkdownAttackTests {
    private static let bodies = [
        "[a](javascript:alert(1)) ![b](data:image/svg+xml;base64,AAAA) <a href=\"vbscript:x\">c</a> <javascript:alert(1)>",
        "<a href=\"java&#10;script:alert(1)\" onclick=\"x()\">a</a>\n\n<img src=x onerror=alert(1) alt=\"javascript:x\">",
        "<div style=\"background:url(javascript:x)\"><svg onload=alert(1)><script>alert(1)</script></svg></div>\n\n[r]\n\n[r]: data:x",
        "<table><tr><td background=\"javascript:x\" onmouseover=x>a</td></tr></table>\n\n| [a](javascript:x) |\n|-|\n| <b onclick=x> |",
        "- [ ] <iframe srcdoc=\"<script>x</script>\">\n- > <p style='width:expression(x)'>\n\n```html onload=x\n<script>\n```\n\n<form action=data:x>",
        "![a\" onerror=\"x](b.png \"t\\\" onload=\\\"x\") [x](https://x.y/\"onclick=\"x) [y](&#106;avascript&colon;x) www.x.y/\"onload=x",
    ]

    private static let fragments = [
        "javascript:", "JaVaScRiPt:", "java\tscript:", "&#106;avascript:", "&#x6A;avascript&colon;", "javascript%3A",
        "%6Aavascript:",
        "data:", "data:text/html,", "DATA&colon;", "vbscript:", "vb&#10;script:", "&Tab;", "&NewLine;", "&#1;", "&#0;",
        "&#x0A", "\u{1}",
        "\u{AD}", "\u{200B}", "\u{FEFF}", "\u{0}", "<script>", "</script>", "<script", "<svg/onload=x>",
        "<img src=x onerror=x>", " onclick=x",
        "\"onload=\"x", "' onfocus='x", "<a href=", "<a href=\"", "<a href='", "\">", "'>", "</a>", "<iframe src=",
        "<math>", "<style>",
        "</style>", "<base href=", "<meta http-equiv=refresh content=", "<form action=", "<object data=", "<embed src=",
        "<!--", "-->", "--!>",
        "<![CDATA[", "]]>", "<?", "?>", "<", ">", "\"", "'", "=", "&", ";", "&quot;", "&lt;", "&gt;", "&amp;", "[a](",
        "](", ")", "![", "](<", ">)",
        "[x]: ", "[x]", "\n", "\n\n", "    ", "`", "```\n", "> ", "- ", "| a |\n|-|\n", "//", "\\", "/", "https://x.y/",
        "<pre>", "<table><td>",
        "$", "$$", "[^1]", "\n\n[^1]: ", ":tada:", "<a:b>", "<video src=", "<object data=javascript:x>",
        "0123456789abcdef0123456789abcdef01234567", "https://x.y/a_b",
        "<textarea>", "<title>", "<noscript>", "<template>", "<xmp>", "<plaintext>", "<p style=", "expression(x)",
        "url(",
    ]

    @Test(.timeLimit(.minutes(30))) func `nothing that runs survives, however hostile the source`() async {
        let fuzz = Fuzz("Markdown attacks", few: 1_000)
        var hostile = 0
        for seed in fuzz.seeds {
            await Task.yield()
            var generator = SeededGenerator(seed: seed)
            let source = Self.body(using: &generator)
            if !BrowserScanner.dangers(in: source).isEmpty { hostile += 1 }
            let html = Markdown.html(source, repository: "octo/hello")
            let problems = BrowserScanner.dangers(in: html) + EditorHTMLChecker.problems(in: html, from: source)
            #expect(problems == [], "seed \(seed): \(source.debugDescription)")
            if !problems.isEmpty { return }
        }
        // Or the bodies attack nothing, or the scanner is blind.
        #expect(
            hostile > fuzz.count / 2 || fuzz.count < 100,
            "\(hostile) of \(fuzz.count) bodies are hostile as they stand"
        )
    }

    private static func body(using generator: inout SeededGenerator) -> String {
        var scalars = Array((bodies.randomElement(using: &generator) ?? "").unicodeScalars)
        for _ in 0...Int.random(in: 0...9, using: &generator) {
            let position = Int.random(in: 0...scalars.count, using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0..<5:
                scalars.insert(
                    contentsOf: (fragments.randomElement(using: &generator) ?? "").unicodeScalars,
                    at: position
                )
            case 5:
                let end = min(scalars.count, position + Int.random(in: 1...8, using: &generator))
                scalars.removeSubrange(position..<end)
            case 6:
                let other = Array((bodies.randomElement(using: &generator) ?? "").unicodeScalars)
                let start = Int.random(in: 0..<other.count, using: &generator)
                scalars.insert(contentsOf: other[start...].prefix(60), at: position)
            default:
                let soup = (0..<12).map { _ in fragments.randomElement(using: &generator) ?? "" }.joined()
                scalars.insert(contentsOf: soup.unicodeScalars, at: position)
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
