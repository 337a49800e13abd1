import TestSupport
import Testing

@testable import Worker

@Suite(.serialized) struct MarkdownCostTests {
    private static let longest = 262_144

    /// What makes md4c slow: a first half of one unit, a second of another.
    private static let slow: [(String, String)] = [
        ("[a]\n", "[a]\n"), ("\n[", "#]"), ("&[", "]: \r"), ("[", "]"), ("[a](b)\n", "c]\n"), ("~a ", "a~ "),
        ("~a *b ", "a~ "),
        ("- ", "\n"), ("> - ", "\n"), ("![\n", "]"), ("\\[[\n", "]`"), ("[<a\n", "]"), ("    - [a]\n", "    - [a]\n"),
        ("<div>\n```\n\n", "[a]\n"), ("- a\n  ```\n", "[x]\n"),
    ]

    private static func body(_ halves: (String, String), size: Int) -> String {
        String(repeating: halves.0, count: size / 2 / halves.0.utf8.count)
            + String(repeating: halves.1, count: size / 2 / halves.1.utf8.count)
    }

    @Test(arguments: slow) func `what md4c takes too long for is shown as its source`(first: String, second: String) {
        let source = Self.body((first, second), size: Self.longest)
        #expect(MarkdownCost.isTooHigh(Array(source.utf8)))
        #expect(Markdown.html(source, repository: "octo/hello").hasPrefix("<pre><code>"))
        #expect(!MarkdownCost.isTooHigh(Array(Self.body((first, second), size: 4_000).utf8)))
    }

    @Test(arguments: [
        "- [ ] [Update a to 1.4](../pull/12) `b` ~~c~~\n",
        "Text with a [link](https://x.y/z), [ref] and ~100 others.\n\n",
        "| [`a`](https://x.y/z) | `1.0` → `2.0` |  |\n\n", "    > quoted [1]\n\n", "# Head [1]\n", "\n", "- a\n\n",
    ])
    func `long bodies of people and bots are none`(unit: String) {
        let source = String(repeating: unit, count: Self.longest / unit.utf8.count)
        #expect(!MarkdownCost.isTooHigh(Array(source.utf8)))
    }

    @Test func `in code, brackets cost nothing`() {
        let rows = String(repeating: "[1,2,[3]],\n", count: Self.longest / 12)
        #expect(MarkdownCost.isTooHigh(Array(rows.utf8)))
        #expect(!MarkdownCost.isTooHigh(Array("<!--\nhint\n-->\n```json\n\(rows)```\nend".utf8)))
        #expect(MarkdownCost.isTooHigh(Array("```\na\n```\n\(rows)".utf8)))
    }

    private static let pieces = [
        "[", "]", "](", ")", "a", " ", "\n", "\n\n", "*", "_", "`", "~", "<", ">", "!", "\\", "|", "- ", "> ", "    ",
        "\t", "#", "&amp;",
        "[a]: b\n", "[^1]", "[^1]: ", "$", "$$", "http://", "www.", "@a", "a@b.c", "#1", ":tada:", "<x:y>", "<b>",
        "</b>", "<td>", "<!--",
        "<video src=a>", "```\n",
    ]

    /// A quadratic input of this size takes seconds even where this machine is quick.
    @Test(.timeLimit(.minutes(10))) func `no repetition of a few pieces takes long`() {
        let seed = UInt64.random(in: 0...UInt64.max >> 1)
        print("Markdown cost: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        func soup(_ count: ClosedRange<Int>) -> String {
            (0..<Int.random(in: count, using: &generator)).map { _ in
                Self.pieces.randomElement(using: &generator) ?? "a"
            }.joined()
        }
        for _ in 0..<20 {
            let halves = (soup(1...4), soup(1...3))
            let source = soup(0...2) + Self.body(halves, size: 65_536) + soup(0...2)
            let time = processorTime {
                _ = Markdown.html(source, repository: "octo/hello")
                _ = IssueMention.all(title: "", body: source, branch: "", repository: "octo/hello")
            }
            #expect(time < .seconds(15), "\(halves) of seed \(seed)")
        }
    }
}
