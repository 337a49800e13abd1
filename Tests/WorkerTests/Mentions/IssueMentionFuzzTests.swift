import Foundation
import TestSupport
import Testing

@testable import Text
@testable import Worker

@Suite(.serialized) struct IssueMentionFuzzTests {
    /// An unoptimised build takes seconds for GitHub's 262,144; a quadratic input shows at this size, too.
    private static let size = 16_384

    private static let fragments = [
        "#1", "#12", "GH-1", "fixes ", "Closes: ", "resolve", "\n", "\n\n", " ", "  ", "    ", "o/r", "/", "#", "-",
        ":", "`", "``",
        "```\n", "~~~\n", "> ", ">", "- ", "1. ", "| a |\n|-|\n", "|", "*", "**", "_", "~~", "[", "](", ")", "![",
        "[x]: ", "<", ">",
        "<!--", "-->", "<b>", "</b>", "<code>", "</code>", "<pre>", "</pre>", "<blockquote>", "</blockquote>",
        "<a href=\"", "\">", "</a>",
        "<script>", "</script>", "<br>", "<div", "https://github.com/o/r/issues/1", "http://", "www.github.com/",
        "https://x.y/", "&#35;",
        "&amp;", "\\", "\u{0}", "\r", "\u{A0}", "é", "修", "😀", "issue-", "12-a", "gh-1", "2147483648", "\u{1}", "@x",
    ]

    @Test(.timeLimit(.minutes(30))) func `whatever is written, what is found is possible`() async {
        let fuzz = Fuzz("Mention fuzz", few: 1_000)
        var total = 0
        for seed in fuzz.seeds {
            await Task.yield()
            var generator = SeededGenerator(seed: seed)
            let (title, body, branch) = (
                Self.soup(40, &generator), Self.soup(80, &generator), Self.soup(20, &generator)
            )
            let found = IssueMention.all(title: title, body: body, branch: branch, repository: "Octo/Hello")
            total += found.count
            let problem = Self.problem(in: found, title + body)
            #expect(problem == nil, "seed \(seed): \([title, body, branch])")
            if problem != nil { return }
        }
        // Or the soup has gone sour.
        #expect(total > fuzz.count / 2 || fuzz.count < 100)
    }

    @Test(.timeLimit(.minutes(10))) func `no bomb takes long, in a title, a body or a branch`() async {
        let seed = UInt64.random(in: 0...UInt64.max >> 1)
        print("Mention bombs: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var bombs = Bomb.all(size: Self.size) + Bomb.ofMentions(size: 2 * Self.size)
        for _ in 0..<20 {
            let unit = Self.soup(6, &generator) + "x"
            bombs.append(
                Bomb(name: unit.debugDescription, source: String(repeating: unit, count: Self.size / unit.utf8.count))
            )
        }
        var slowest: (time: Duration, name: String) = (.zero, "")
        for bomb in bombs {
            await Task.yield()
            var found: [IssueMention] = []
            let time = processorTime {
                found = IssueMention.all(
                    title: bomb.source,
                    body: bomb.source,
                    branch: bomb.source,
                    repository: "o/r"
                )
            }
            if time > slowest.time { slowest = (time, bomb.name) }
            // A quadratic one of this size would take minutes in an unoptimised build.
            #expect(time < .seconds(10), "\(bomb.name) of seed \(seed)")
            #expect(found.count <= 100)
        }
        print("slowest of \(bombs.count) bombs: \(slowest.name) \(slowest.time)")
    }

    private static func soup(_ length: Int, _ generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...length, using: &generator)).map { _ in fragments.randomElement(using: &generator) ?? ""
        }.joined()
    }

    private static func problem(in found: [IssueMention], _ source: String) -> String? {
        if Set(found.map(\.target)).count != found.count { return "one issue twice" }
        if found.count > 100 { return "\(found.count) issues" }
        let hasKeyword = source.contains(/(?i)close[sd]?|fix(es|ed)?|resolve[sd]?/)
        for mention in found {
            if mention.closes, !hasKeyword { return "\(mention) closed by nothing" }
            switch mention.target {
            case .github(let repository, let number):
                if !(1...2_147_483_647).contains(number) { return "\(mention)" }
                if repository.wholeMatch(of: /[a-z0-9-]+\/[a-z0-9_.-]+/) == nil { return "\(mention)" }
            case .plane(let identifier, let number):
                if !(1...2_147_483_647).contains(number) { return "\(mention)" }
                if identifier.wholeMatch(of: /[A-Z][A-Z0-9]{1,11}/) == nil { return "\(mention)" }
            }
        }
        return nil
    }
}
