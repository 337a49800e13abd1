import TestSupport

extension EditorHTMLMaker {
    private static let fragments = [
        "<", ">", "</", "/>", "<p", "<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<a href=", "<a href=\"https://x.y\">",
        "</a>", "<a href=javascript:x>",
        "<ul>", "</ul>", "<li>", "</li>", "<ol start=-1>", "<ol start=999999999>", "<table>", "</table>", "<tr>",
        "</tr>", "<td>", "<th colspan=9>", "</td>",
        "<pre>", "</pre>", "<code>", "</code>", "<blockquote>", "</blockquote>", "<div>", "</div>",
        "<div data-block-type=callout-component>", "<br>", "<hr>",
        "<h1>", "</h1>", "<img src=https://x.y/z>", "<img src=x onerror=y>", "<image-component src=\"", "<script>",
        "</script>", "<style>", "<svg onload=x>",
        "<iframe src=//x>", "<!--", "-->", "<!DOCTYPE", "<![CDATA[", "]]>", "<?", "?>",
        "<span data-type=emoji data-name=tada>", "</span>", "<mention-component entity_identifier=u1>",
        "<issue-embed-component entity_identifier=w1>", "<input type=checkbox checked>", "<details>", "<summary>", "\"",
        "'", "=", "&", "&lt;", "&gt;", "&amp;", "&#60;",
        "&lt;img src=x onerror=y&gt;", "&lt;/td&gt;", "&lt;!--", "&#x0;", "&#10;", "\u{0}", "\r", "\u{1}", "\n\n",
        "    ", "\t", "\u{FEFF}", "\u{202E}", "é", "😀",
        "www.", "http://", "。", "…", "@octocat", "#12", "```", "`", "$$", "\\", "[a](javascript:x)", "![](", "](", "*",
        "_", "~~", "| ", "- ", "1. ",
        "> ", "&lt;a:b&gt;", "://", "www.x.y", "a@b.cd",
    ]

    /// A document torn in places, with what belongs in none: what anybody may send through Plane's public API.
    mutating func hostileDocument() -> String {
        var scalars = Array(document().unicodeScalars)
        for _ in 0...Int.random(in: 0...12, using: &generator) {
            let position = Int.random(in: 0...scalars.count, using: &generator)
            let fragment = (Self.fragments.randomElement(using: &generator) ?? "").unicodeScalars
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<6: scalars.insert(contentsOf: fragment, at: position)
            case 6..<9:
                let end = min(scalars.count, position + Int.random(in: 0...30, using: &generator))
                scalars.removeSubrange(position..<end)
            default:
                let soup = (0..<20).map { _ in Self.fragments.randomElement(using: &generator) ?? "" }.joined()
                scalars.insert(contentsOf: soup.unicodeScalars, at: position)
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
