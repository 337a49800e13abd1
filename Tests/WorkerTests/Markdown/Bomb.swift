/// A body made to be expensive.
struct Bomb {
    let name: String
    let source: String

    /// Every class of bomb we know of, each of at most `size` bytes.
    static func all(size: Int) -> [Bomb] {
        let half = size / 2
        let third = size / 3
        func many(_ text: String, _ length: Int) -> String { String(repeating: text, count: length / text.utf8.count) }
        /// `unit` again and again between `head` and `tail`.
        func bomb(_ name: String, head: String = "", _ unit: String, tail: String = "") -> Bomb {
            Bomb(name: name, source: head + many(unit, size - head.utf8.count - tail.utf8.count) + tail)
        }
        /// `unit` of a number, for as many numbers as fit.
        func bomb(_ name: String, counting unit: (Int) -> String) -> Bomb {
            var source = ""
            var number = 0
            while true {
                let next = unit(number)
                guard source.utf8.count + next.utf8.count <= size else { return Bomb(name: name, source: source) }
                source += next
                number += 1
            }
        }
        return [
            bomb("emphasis, nested", "*a **a "), bomb("emphasis, mismatched", "a**b"),
            bomb("emphasis, mixed", "c* _d_ **e"), bomb("emphasis, openers", "_a "),
            bomb("emphasis, closed", head: many("*a ", half), " b*"), bomb("strike, openers", "~a "),
            bomb("strike runs", "~~ ~"), bomb("stars", "*"), bomb("underscores", "_"), bomb("brackets, openers", "["),
            bomb("link openers", "[a"), bomb("image openers", "![a"),
            bomb("brackets, nested", head: many("[", half), "]"), bomb("links, unclosed", "[a](b"),
            bomb("links, bracketed", "[a](<b"), bomb("links, nested", head: many("[", third), "](a)"),
            bomb("images, nested", head: many("![", third), "](a)"), bomb("quotes", ">"),
            bomb("quotes, then emphasis", head: many(">", half), "a*"), bomb("quotes, lazy", "> a\n"),
            bomb("quotes, spread", ">\n\n"), bomb("lists, nested on a line", "- "),
            bomb("lists, numbered on a line", "1. "),
            bomb("lists, deeper each line", counting: { many("  ", 2 * $0) + "* a\n" }), bomb("list items", "- a\n"),
            bomb("tasks", "- [ ] a\n- b\n"), bomb("backticks, growing", counting: { "e" + many("`", $0) }),
            bomb("backticks", "` `` "), bomb("fences", "```\n"), bomb("comments", "<!--"),
            bomb("comments inline", "a <!-- "), bomb("declarations", "a <!A "), bomb("CDATA", "a <![CDATA["),
            bomb("instructions", "a <?"), bomb("tags", "<a b=\""), bomb("tags with spaces", head: "<a", " "),
            bomb("tags, attributes", head: "<div", " a=b"), bomb("tags, open", "<b><i>"),
            bomb("tags, closing", "</b></div>"), bomb("tables, raw", "<table><tr><td>"),
            bomb("tables, raw cells", "<td>a"), bomb("cells, raw", head: "<table><tr>", "<td>"),
            bomb("lists, raw", "<ul><li>"), bomb("items, raw", head: "<ul>", "<li>"), bomb("headings, raw", "<h1>a"),
            bomb("paragraphs, raw", "<p>a"), bomb("quotes, raw", "<blockquote>a"), bomb("pre", "<pre>a"),
            bomb("scripts", "a <script>"), bomb("brackets, angle", "<"), bomb("references, plain", "[0] "),
            bomb("references, unused", counting: { "[\($0)]: x\n" }),
            bomb("references, colliding", head: "[a]: b\n", "[a]: c\n"),
            bomb("references, expanding", head: "[x]: https://x.y/\(many("u", half))\n\n", "[x] "),
            bomb("references, expanding, bad", head: "[x]: javascript:\(many("u", half))\n\n", "[x] "),
            bomb("references, expanding, entities", head: "[x]: \(many("&amp;", half))\n\n", "[x] "),
            bomb("references, expanding, below the limit", head: "[x]: a:\(many("u", size / 40))\n\n", "[x]"),
            bomb("references, expanding titles", head: "[x]: y '\(many("t", half))'\n\n", "[x] "),
            bomb("autolinks, www", "www."), bomb("autolinks, http", "http://"), bomb("autolinks, mail", "a@"),
            bomb("autolinks, mailto", "mailto:"), bomb("autolinks, xmpp", "xmpp:a@"),
            bomb("autolinks, brackets", head: "http://a.b/", ")"),
            bomb("autolinks, entities", head: "http://a.b/", "&a;"), bomb("autolinks, good", "http://a.b "),
            bomb("autolinks, then emphasis", "http://a.b*"), bomb("hosts, then emphasis", "www.a.b*_"),
            bomb("autolinks, then brackets", head: many("http://a.b ", half), "[*_"), bomb("addresses", "a@b.c*"),
            bomb("issues", "#1 "), bomb("issues, almost", "a/a#"), bomb("issues, other", "a/a#1 "),
            bomb("mentions", "@a "), bomb("mentions, almost", "@a/"), bomb("numbers", "#1234567890"),
            bomb("table, wide", head: many("|a", third) + "\n", "|-", tail: "\n"),
            bomb("table, wide, short rows", head: many("|a", third) + "\n" + many("|-", third) + "\n", "a\n"),
            bomb("table, long", head: "|a|\n|-|\n", "|b|\n"), bomb("table, malformed", "|a|\n|-\n"),
            bomb("table, pipes", head: "|a|\n|-|\n|", "\\|"), bomb("footnotes", "[^1]"),
            bomb("footnotes, nested", "[^1]: [^1"), bomb("headings", "# a\n"), bomb("hashes", "#"),
            bomb("backslashes", "\\"), bomb("ampersands", "&"), bomb("entities", "&amp;"),
            bomb("entities, numbered", "&#1234;"), bomb("ends of line", "\r\n"), bomb("lines", "a\n"),
            bomb("tabs", "\t"), bomb("spaces", "a  "), bomb("NUL", "\u{0}"), bomb("no-break spaces", "\u{A0}"),
            bomb("emoji", "😀"), bomb("rules", "---\n"), bomb("breaks", "<br>"), bomb("alerts", "> [!NOTE]\n\n"),
            bomb("code, indented", "    a\n\n"), bomb("details", "<details><summary>"),
        ]
    }
}
