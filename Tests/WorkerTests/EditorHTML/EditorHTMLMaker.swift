import TestSupport

/// Makes texts as Plane's editor stores them, of all that it has, and with all in them that looks like Markdown.
struct EditorHTMLMaker {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func document() -> String {
        many(1...5) { $0.block(depth: 0) }
    }

    // MARK: Chance

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    private mutating func one(of list: [String]) -> String { list.randomElement(using: &generator) ?? "" }

    private mutating func many(_ range: ClosedRange<Int>, _ make: (inout Self) -> String) -> String {
        let count = number(range)
        return (0..<count).map { _ in make(&self) }.joined()
    }

    // MARK: Blocks

    private mutating func block(depth: Int) -> String {
        switch number(0...(depth < 3 ? 15 : 6)) {
        case 0...3: return "<p\(attributes())>\(line())</p>"
        case 4:
            let level = number(1...6)
            return "<h\(level)\(attributes())>\(line())</h\(level)>"
        case 5: return code()
        case 6:
            return one(of: [
                "<hr>", "<div data-type=\"horizontalRule\" class=\"py-4\"><div></div></div>", image(), embed(),
                "<p></p>",
            ])
        case 7: return "<blockquote>\(many(0...3) { $0.block(depth: depth + 1) })</blockquote>"
        case 8:
            let background = one(of: ["", " data-background=\"light-blue\"", " data-background=\"peach\""])
            let title = one(of: ["", "<p><strong>Note</strong></p>", "<p><strong>Caution</strong></p>"])
            return
                "<div data-block-type=\"callout-component\"\(background)>\(title)\(many(0...2) { $0.block(depth: depth + 1) })</div>"
        case 9...10:
            return "<ul\(attributes())>\(many(1...4) { $0.item(depth: depth) })</ul>"
        case 11: return "<ol start=\"\(number(0...12))\">\(many(1...3) { $0.item(depth: depth) })</ol>"
        case 12: return "<ul data-type=\"taskList\">\(many(1...3) { $0.task(depth: depth) })</ul>"
        case 13...14: return table(depth: depth)
        default: return "<div>\(many(0...2) { $0.block(depth: depth + 1) })</div>"
        }
    }

    private mutating func item(depth: Int) -> String {
        let rest = number(0...3) == 0 ? many(1...2) { $0.block(depth: depth + 1) } : ""
        return "<li\(attributes())>\(number(0...9) == 0 ? "" : "<p>\(line())</p>")\(rest)</li>"
    }

    private mutating func task(depth: Int) -> String {
        let isChecked = number(0...1) == 0
        return
            "<li data-type=\"taskItem\" data-checked=\"\(isChecked)\"><label><input type=\"checkbox\"><span></span></label><div>"
            + item(depth: depth).dropFirst(4).drop { $0 != "<" }.dropLast(5) + "</div></li>"
    }

    private mutating func table(depth: Int) -> String {
        let columns = number(1...4)
        let kind = number(0...3)
        var rows = ""
        for row in 0..<number(1...4) {
            rows += "<tr>"
            for _ in 0..<columns {
                let name = row == 0 && kind > 0 ? "th" : "td"
                let span = kind == 3 && number(0...3) == 0 ? " colspan=\"2\"" : " colspan=\"1\" rowspan=\"1\""
                let content =
                    kind == 2 && number(0...3) == 0
                    ? block(depth: depth + 1) : number(0...5) == 0 ? "<p></p>" : "<p\(alignment())>\(line())</p>"
                rows += "<\(name)\(span)>\(content)</\(name)>"
            }
            rows += "</tr>"
        }
        return "<table><tbody>\(rows)</tbody></table>"
    }

    private mutating func code() -> String {
        let language = one(of: ["", " class=\"language-swift\"", " class=\"language-c++ x\"", " class=\"hljs\""])
        let text = many(0...4) {
            $0.one(of: [
                "let a = 1", "\n", "\n\n", "```", "````", "~~~", "    ", "\t", "$$", "- a", "# b", "&lt;b&gt;",
                "[^1]: x", "| a |\n|---|", "&amp;amp;", "\\",
            ])
        }
        return "<pre><code\(language)>\(text)</code></pre>"
    }

    private mutating func embed() -> String {
        "<issue-embed-component entity_identifier=\"\(one(of: ["w1", "w2", "w3", "w4"]))\" entity_name=\"issue\"></issue-embed-component>"
    }

    private mutating func image() -> String {
        one(of: [
            "<img src=\"https://x.y/a_b.png\" alt=\"An *image* [x]\">", "<img src=\"https://x.y/(a)$b$.png\">",
            "<image-component src=\"https://x.y/p.png\" width=\"300px\" height=\"auto\" id=\"1\"></image-component>",
            "<image-component src=\"5b0f1e0c-0000-4000-8000-000000000000\" width=\"35%\"></image-component>",
            "<img src=\"https://github.com/a/b.png\" alt=\"`a` $x$ &lt;b&gt; &amp;amp; | _c_\" width=\"20\">",
        ])
    }

    private mutating func attributes() -> String {
        one(of: ["", "", " class=\"editor-paragraph-block\"", " data-id=\"\(number(0...999))\" class=\"x\""])
    }

    private mutating func alignment() -> String {
        one(of: ["", "", " style=\"text-align: right\"", " style=\"text-align:center\""])
    }

    // MARK: Lines

    private mutating func line() -> String { many(1...5) { $0.inline(depth: 0) } }

    private mutating func inline(depth: Int) -> String {
        switch number(0...(depth < 3 ? 15 : 8)) {
        case 0...6: return text()
        case 7: return "<br>"
        case 8: return number(0...2) == 0 ? image() : mention()
        case 9...12:
            let name = one(of: ["strong", "em", "s", "u", "code", "sub", "sup", "b", "i", "del"])
            return "<\(name)>\(many(1...2) { $0.inline(depth: depth + 1) })</\(name)>"
        case 13:
            let url = one(of: Self.urls)
            return "<a href=\"\(url)\">\(number(0...2) == 0 ? url : many(1...2) { $0.inline(depth: depth + 1) })</a>"
        case 14: return "<span data-text-color=\"red\">\(many(1...2) { $0.inline(depth: depth + 1) })</span>"
        default: return "<span data-type=\"emoji\" data-name=\"tada\">\(one(of: ["", "🎉"]))</span>"
        }
    }

    private mutating func mention() -> String {
        "<mention-component entity_identifier=\"\(one(of: ["U1", "u2", "u3"]))\" id=\"\(number(0...9))\" entity_name=\"user_mention\"></mention-component>"
    }

    mutating func text() -> String {
        many(1...5) { $0.one(of: $0.number(0...2) == 0 ? Self.words : Self.marks) }
    }

    static let urls = [
        "https://x.y/z", "https://x.y/a_b_c*d*", "https://x.y/(a", "https://x.y/a)b(c",
        "https://x.y/?a=1&amp;copy=2&amp;lt;=3",
        "mailto:a@b.cd", "http://localhost:3000/a~b~", "javascript:alert(1)", "/relative",
        "https://github.com/octo/hello/issues/12",
        "https://github.com/octocat", "https://x.y/$a$/[b]", "https://x.y/a b", "http://[::1]/a", "https://u:p@x.y/_a_",
        "www.x.y", "https://github.com/octo/world/issues/3", "https://x.y/é/日本", "https://_a_",
    ]

    static let words = [
        "a", "word", " ", " ", "two words", "1", "12", "é", "日本語", "。", "“q”", "😀", "&nbsp;", "snake_case_name", "x.y",
        "a-b", "…",
        "octo/hello", "@octocat", "#12", "GH-12", "octo/world#3", "0123456789abcdef0123456789abcdef01234567",
        "deadbee1",
        "https://x.y/a_b", "www.a_b.cd", "www.", "https://", "me@x.org", ":tada:", ":octocat:", "foo://_a_b",
        "ftp://x.y", "http://",
        "s3://b/*k*",
        "[!NOTE]", "[x] ", "[ ] ", "[^1]", "[a]: b", "[a](b)", "![a](b)", "C:\\dir", "\u{2003}", "\u{200B}", "\u{FEFF}",
        "- ",
    ]

    static let marks = [
        "*", "**", "_", "__", "~", "~~", "`", "``", "```", "#", "# ", "## ", "&gt;", "&gt; ", "-", "- ", "--- ", "---",
        "+ ", "1. ", "1)", "1.", "=",
        "===", "|", "|-|", "a | b", "[", "]", "(", ")", "](", "![", "!", "&lt;", "&lt;b&gt;", "&lt;/b&gt;",
        "&lt;a:b&gt;", "&lt;!--", "--&gt;", "&amp;", "&amp;amp;",
        "&amp;copy;", "&amp;#35;", "\\", "\\\\", "\\*", "$", "$$", "$x$", "$a*b*c$", "{^1}", ":", "::", "@", "://",
        "\n", "\t", "  ", "'", "\"", ".", ",",
        "!", "?", ";", "%", "^", "***", "____", "* * *", ":-:", "•", "«", "~a~", "*a*", "_b_", "`c`", "\\_", "\\`",
        "~~~",
    ]
}
