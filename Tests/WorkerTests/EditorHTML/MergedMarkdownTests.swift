import Testing

@testable import Text

@Suite struct MergedMarkdownTests {
    private static func html(_ source: String) -> String { Markdown.html(source, in: .sample()) }

    private static func merged(_ source: String, _ change: (String) -> String) -> String {
        let old = html(source)
        return EditorHTML.merged(source: source, old: old, new: change(old), for: .sample())
    }

    /// Twenty blocks, each written in a way that is not ours.
    private static let blocks = [
        "Title\n=====", "*Intro* with __bold__ and a comma,", "* one\n* two\n    * three", "<!-- keep me -->",
        "1) first\n2) second", "```js\nlet a = 1\n```", "> quoted\ngoes on", "***",
        "| a | b |\n|:-|-:|\n| 1 | 2 |", "## Steps ##", "+ [ ] open\n+ [x] done",
        "See [the docs][docs] and #12, @octocat.",
        "[docs]: https://x.y/docs 'title'", "~~~\ncode\n~~~", "Math $a_b$ here.\nSecond line  \nthird",
        "<details>\n<summary>More</summary>", "inside", "</details>", "    indented code",
        "> [!TIP]\n> *Alert* text", "![a](https://x.y/a.png)",
    ]

    @Test func `what nobody edited keeps its source to the byte`() {
        for source in [
            Self.blocks.joined(separator: "\n\n"), Self.blocks.joined(separator: "\n\n\n") + "\n\n  \n",
            Self.blocks.joined(separator: "\r\n\r\n"), "", "  \n", "[a]: b", "<!-- only -->",
        ] {
            #expect(Self.merged(source) { $0 } == source)
            // As the editor writes it when somebody merely opens it.
            let opened = Self.merged(source) {
                $0.replacing("<p>", with: "<p class=\"editor-paragraph-block\" data-id=\"1\">")
                    .replacing("<hr>", with: "<div data-type=\"horizontalRule\"><div></div></div>")
            }
            #expect(opened == source)
        }
    }

    @Test func `a change of one block leaves all others to the byte`() {
        let changes: [(Int, String, String)] = [
            (0, ">Title<", ">New title<"), (1, "comma,", "comma"), (2, "three", "four"), (4, "second", "third"),
            (5, "let a = 1", "let a = 2"), (6, "goes on", "went on"), (8, ">2<", ">3<"), (9, "Steps", "Stages"),
            (11, "See ", "Read "), (13, "<code>code", "<code>more code"), (14, "Second line", "Another line"),
            (16, "inside", "within"), (18, "indented", "outdented"), (19, " text", " words"),
        ]
        for separator in ["\n\n", "\n\n\n", "\r\n\r\n", "\n\n \n"] {
            let source = Self.blocks.joined(separator: separator)
            for (number, old, new) in changes {
                let merged = Self.merged(source) {
                    #expect($0.contains(old), "\(old)")
                    return $0.replacing(old, with: new)
                }
                let before = Self.blocks[..<number].map { $0 + separator }.joined()
                let behind = Self.blocks[(number + 1)...].map { separator + $0 }.joined()
                #expect(merged.hasPrefix(before) && merged.hasSuffix(behind), "\(old): \(merged.debugDescription)")
                #expect(
                    EditorHTML.fingerprint(Self.html(merged))
                        == EditorHTML.fingerprint(Self.html(source).replacing(old, with: new))
                )
            }
        }
    }

    @Test func `a block can be added, removed and moved`() {
        let source = "*a*\n\n* b\n\n<!-- c -->\n\n__d__\n\n# e #\n"
        #expect(Self.merged(source) { "<p>new</p>" + $0 } == "new\n\n" + source)
        #expect(Self.merged(source) { $0 + "<p>new</p>" } == source + "\nnew")
        #expect(
            Self.merged(source) { $0.replacing("<p><strong>d", with: "<p>new</p><p><strong>d") }
                == "*a*\n\n* b\n\n<!-- c -->\n\nnew\n\n__d__\n\n# e #\n"
        )
        #expect(
            Self.merged(source) { $0.replacing("<p><strong>d</strong></p>", with: "") }
                == "*a*\n\n* b\n\n<!-- c -->\n\n# e #\n"
        )
        #expect(
            Self.merged(source) { $0.replacing("<p><em>a</em></p>", with: "") + "<p><em>a</em></p>" }
                == "* b\n\n<!-- c -->\n\n__d__\n\n# e #\n\n_a_"
        )
        // Two lists in a row would be one.
        #expect(
            Self.merged("* b\n\n# e") { $0.replacing("</ul>", with: "</ul><ul><li><p>c</p></li></ul>") }
                == "* b\n\n<!-- -->\n\n- c\n\n# e"
        )
        #expect(Self.merged("## a\ntext") { $0.replacing("text", with: "other") } == "## a\n\nother")
    }

    @Test func `a tick changes one character`() {
        let source = "* [ ] *one*\n* [X] two <!-- note -->\n    1. [ ] three\n\nend"
        #expect(
            Self.merged(source) { $0.replacing("data-checked=\"false\"", with: "data-checked=\"true\"") }
                == "* [x] *one*\n* [X] two <!-- note -->\n    1. [x] three\n\nend"
        )
        #expect(
            Self.merged(source) { $0.replacing("data-checked=\"true\"", with: "data-checked=\"false\"") }
                == "* [ ] *one*\n* [ ] two <!-- note -->\n    1. [ ] three\n\nend"
        )
    }

    @Test func `notes and their references survive, also in a block that changed`() {
        let source = "One[^a] and *two*[^b].\n\n[^a]: Note *a*\n\nlast\n\n[^b]: Note b\n    more\n"
        #expect(Self.merged(source) { $0.replacing("last", with: "end") } == source.replacing("last", with: "end"))
        #expect(
            Self.merged(source) { $0.replacing("and", with: "or") }
                == source.replacing("and *two*", with: "or _two_")
        )
    }

    @Test func `where the blocks cannot be told apart, all is written anew`() {
        let source = "<table><tr><td>\n\n*a*\n\n</td></tr></table>\n\n*b*"
        #expect(Self.merged(source) { $0.replacing("<em>a", with: "<em>c") } == "| _c_ |\n| --- |\n\n*b*")
        let notes = "a[^1] *b*\n\n[^1]: note"
        #expect(Self.merged(notes) { $0.replacing("note", with: "other") } == "a<sup>[1]</sup> _b_\n\n---\n\n1. other")
    }

    @Test func `typed brackets do not become one of the source's links`() {
        let source = "[a]: https://x.y\n\nb"
        #expect(Self.merged(source) { $0.replacing(">b<", with: ">see [a]<") } == "[a]: https://x.y\n\nsee \\[a\\]")
    }
}
