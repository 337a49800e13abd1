import CMarkdown
import TestSupport
import Testing

@testable import Text
@testable import Worker

@Suite(.serialized) struct MarkdownCostTests {
    private static let longest = 262_144

    /// What makes md4c slow: a first half of one unit, a second of another.
    private static let slow: [(String, String)] = [
        ("[a]\n", "[a]\n"), ("\n[", "#]"), ("&[", "]: \r"), ("[a](b)\n", "c]\n"), ("~a ", "a~ "),
        ("~a *b ", "a~ "),
        ("- ", "\n"), ("> - ", "\n"), ("![\n", "]"), ("\\[[\n", "]`"), ("[<a\n", "]"), ("    - [a]\n", "    - [a]\n"),
        ("<div>\n```\n\n", "[a]\n"), ("- a\n  ```\n", "[x]\n"),
    ]

    private static func body(_ halves: (String, String), size: Int) -> String {
        String(repeating: halves.0, count: size / 2 / halves.0.utf8.count)
            + String(repeating: halves.1, count: size / 2 / halves.1.utf8.count)
    }

    @Test(arguments: slow)
    func `what md4c takes too long for is shown as its source`(first: String, second: String) async {
        for halves in [(first, second), (Self.crlf(first), Self.crlf(second))] {
            await Task.yield()
            let source = Self.body(halves, size: Self.longest)
            #expect(MarkdownCost.isTooHigh(Array(source.utf8)))
            #expect(Markdown.html(source, repository: "octo/hello").hasPrefix("<pre><code>"))
            #expect(!MarkdownCost.isTooHigh(Array(Self.body(halves, size: 4_000).utf8)))
        }
    }

    @Test(arguments: [
        "[x]: y\n\n" + body(("[", "]"), size: 200_000),
        "[x]: y\n\n" + String(repeating: "[", count: 290) + String(repeating: "é", count: 100_000)
            + String(repeating: "]", count: 290),
        String(repeating: "- ", count: 60_000) + "a\r\nb" + String(repeating: "\r\n", count: 70_000),
        String(repeating: "[a](\r\n", count: 40_000),
    ])
    func `so is what it reads again and again`(source: String) {
        #expect(MarkdownCost.isTooHigh(Array(source.utf8)))
    }

    @Test(arguments: [
        "- [ ] [Update a to 1.4](../pull/12) `b` ~~c~~\n",
        "Text with a [link](https://x.y/z), [ref] and ~100 others.\n\n",
        "| [`a.ts`](https://x.y/a) | 85% |\n", "    > quoted [1]\n\n", "# Head [1]\n", "\n", "- a\n\n",
        "| [src/`a`/b.ts](https://x.y/z?a=b#c) | `85.2% <100%> (+0.1%)` | :arrow_up: |\n",
        "1. [`abc1234`](https://x.y/commit/abc1234) Fix \\[it\\] and [this][1]\n",
        "A line with `code`, [`a`](b) and a `[`, one of a paragraph.\n",
    ])
    func `long bodies of people and bots are none`(unit: String) async {
        for unit in [unit, Self.crlf(unit)] {
            await Task.yield()
            let source = "| a | b |\n|---|---|\n" + String(repeating: unit, count: Self.longest / unit.utf8.count)
            #expect(!MarkdownCost.isTooHigh(Array(source.utf8)))
            #expect(!MarkdownCost.isTooHigh(Array((source + "\n[1]: https://x.y\n").utf8)))
        }
    }

    @Test func `in code, brackets cost nothing`() {
        let rows = String(repeating: "[1,2,[3]],\n", count: Self.longest / 12)
        #expect(MarkdownCost.isTooHigh(Array(rows.utf8)))
        #expect(!MarkdownCost.isTooHigh(Array("<!--\nhint\n-->\n```json\n\(rows)```\nend".utf8)))
        #expect(MarkdownCost.isTooHigh(Array("```\na\n```\n\(rows)".utf8)))
    }

    private static let pieces = [
        "[", "]", "](", ")", "a", " ", "\n", "\n\n", "\r\n", "*", "_", "`", "~", "<", ">", "!", "\\", "|", "- ", "> ",
        "    ",
        "\t", "#", "&amp;",
        "[a]: b\n", "[^1]", "[^1]: ", "$", "$$", "http://", "www.", "@a", "a@b.c", "#1", ":tada:", "<x:y>", "<b>",
        "</b>", "<td>", "<!--",
        "<video src=a>", "```\n",
    ]

    /// Takes everything and does nothing, so that only md4c and the count before it take time.
    private struct Sink: MarkdownHandler {
        var isWithinLimits: Bool { true }

        mutating func enter(block: MD_BLOCKTYPE, _ detail: UnsafeMutableRawPointer?) {}
        mutating func leave(block: MD_BLOCKTYPE) {}
        mutating func enter(span: MD_SPANTYPE, _ detail: UnsafeMutableRawPointer?) {}
        mutating func leave(span: MD_SPANTYPE) {}
        mutating func text(_ type: MD_TEXTTYPE, _ text: UnsafeRawBufferPointer) {}
    }

    private static func soup(_ count: ClosedRange<Int>, using generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: count, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "a" }
            .joined()
    }

    /// md4c alone, which is compiled and optimised: the count before it, which is not in this build, is taken off.
    @Test(.timeLimit(.minutes(10))) func `whatever md4c reads, it reads in a moment`() async {
        let seed = UInt64.random(in: 0...UInt64.max >> 1)
        print("Markdown cost: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let soups = (0..<(TestEnvironment.includesFaults ? 40 : 12)).map { _ in
            (Self.soup(1...4, using: &generator), Self.soup(1...3, using: &generator))
        }
        for halves in Self.slow + Self.slow.map({ (Self.crlf($0.0), Self.crlf($0.1)) }) + soups {
            await Task.yield()
            let source = MarkdownSource(Self.body(halves, size: Self.longest))
            let counting = processorTime { _ = MarkdownCost.isTooHigh(source.bytes) }
            var sink = Sink()
            let time = processorTime { _ = MarkdownParser.read(source, with: &sink) }
            #expect(time - counting < .milliseconds(300), "\(halves) of seed \(seed)")
        }
    }

    private static func crlf(_ text: String) -> String { text.replacing("\n", with: "\r\n") }

    /// What is done for md4c's events takes seconds in this build even when it is linear.
    @Test(.timeLimit(.minutes(10))) func `no repetition of a few pieces takes long`() async {
        let seed = UInt64.random(in: 0...UInt64.max >> 1)
        print("Markdown repetitions: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            await Task.yield()
            let halves = (Self.soup(1...4, using: &generator), Self.soup(1...3, using: &generator))
            let source = Self.body(halves, size: 65_536)
            let time = processorTime {
                _ = Markdown.html(source, repository: "octo/hello")
                _ = IssueMention.all(title: "", body: source, branch: "", repository: "octo/hello")
            }
            #expect(time < .seconds(15), "\(halves) of seed \(seed)")
        }
    }
}
