import Testing

@testable import Text

@Suite struct EditorFingerprintTests {
    private static let source = """
        # Title

        Some *text* with **bold**, `code`, H<sub>2</sub>O, a [link](https://x.y) and #12.
        Second line ![a](https://x.y/a.png) behind 🏳️

        - [ ] one
        - [x] two

        > [!TIP]
        > Hint

        | a | b |
        |---|--:|
        | 1 | 2 |

        ---

        ```swift
        let a = 1
        ```
        """

    @Test func `what the editor does to a text that somebody opens is no change`() {
        let html = Markdown.html(Self.source, in: .sample())
        let changes: [(String, String)] = [
            ("<p>", "<p class=\"editor-paragraph-block\" data-id=\"7\">"), ("<li ", "<li class=\"flex\" "),
            ("<hr>", "<div class=\"py-4\" data-type=\"horizontalRule\"><div></div></div>"),
            ("<ul ", "<ul class=\"x\" "),
            ("target=\"_blank\" rel=\"noopener noreferrer\"", "rel=\"nofollow\" class=\"c\" target=\"_blank\""),
            ("data-type=\"taskItem\" data-checked=\"true\"", "data-checked=\"true\" data-type=\"taskItem\""),
            (
                "<td colspan=\"1\" rowspan=\"1\">",
                "<td rowspan=\"1\" colspan=\"1\" colwidth=\"150\" style=\"color: null\">"
            ),
            ("<sub>2</sub>", "2"), ("text-align:right", "text-align: right"),
            (
                " <img src=\"https://x.y/a.png\" alt=\"a\"> ",
                "</p><img src=\"https://x.y/a.png\" alt=\"a\" width=\"35%\"><p>"
            ),
            ("🏳️", "<span data-type=\"emoji\" data-name=\"white_flag\">🏳</span>"), ("</table>", "</table><p></p>"),
            ("<strong>bold</strong>", "<b>bold</b>"), ("<em>text</em> with", "<em>text</em>  with"),
        ]
        let expected = EditorHTML.fingerprint(html)
        var all = html
        for (old, new) in changes {
            #expect(html.contains(old), "\(old)")
            #expect(EditorHTML.fingerprint(html.replacing(old, with: new)) == expected, "\(old)")
            all = all.replacing(old, with: new)
        }
        #expect(EditorHTML.fingerprint(all) == expected)
    }

    @Test func `every change of the text is one`() {
        let html = Markdown.html(Self.source, in: .sample())
        let changes: [(String, String)] = [
            ("Title", "title"), ("<em>text</em>", "text"), ("code", "cod"), ("https://x.y\"", "https://x.z\""),
            ("one", "one,"),
            ("data-checked=\"true\"", "data-checked=\"false\""), ("<p>1</p>", "<p></p>"), ("<hr>", ""), ("swift", "go"),
            ("let a = 1", "let a  = 1"), ("a.png", "b.png"), ("<h1", "<h2"), ("Second", "<br>Second"),
        ]
        for (old, new) in changes {
            #expect(html.contains(old), "\(old)")
            #expect(EditorHTML.fingerprint(html.replacing(old, with: new)) != EditorHTML.fingerprint(html), "\(old)")
        }
    }

    @Test func `who is mentioned counts, and not the name of that person`() {
        func html(_ id: String) -> String {
            "<p><mention-component entity_identifier=\"\(id)\" id=\"\(id.count)\"></mention-component></p>"
        }
        #expect(EditorHTML.fingerprint(html("u1")) == EditorHTML.fingerprint(html("U1")))
        #expect(EditorHTML.fingerprint(html("u1")) != EditorHTML.fingerprint(html("u2")))
    }

    @Test func `what we wrote and read back is unchanged, whatever it is`() async {
        for seed in 0..<20 {
            await Task.yield()
            var maker = EditorHTMLMaker(seed: UInt64(seed))
            let html = Markdown.html(EditorHTML.markdown(maker.document()), in: .sample())
            let again = Markdown.html(EditorHTML.markdown(html), in: .sample())
            #expect(EditorHTML.fingerprint(html) == EditorHTML.fingerprint(again))
        }
    }
}
