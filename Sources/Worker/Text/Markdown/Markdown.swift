import GitHub

/// GitHub-flavoured Markdown to the HTML that Plane's editor stores.
package enum Markdown {
    /// The most HTML one body may become, in bytes; GitHub's own limit on a body is a quarter of it.
    static let outputBudget = 1 << 20

    /// The most bytes of URLs and titles that are decoded for one body: one definition can be used many times.
    static let attributeBudget = 1 << 20

    /// How deep quotes, lists and tables, or emphasis and links, may lie in each other.
    ///
    /// Nobody nests deeper on purpose, and the editor fails at some greater depth.
    static let nestingCap = 32

    /// The HTML for the body of an issue or comment in `context`; it depends on nothing else.
    ///
    /// A body that is empty or only white space becomes `<p></p>`. The result is balanced, holds only what Plane's
    /// sanitizer lets through unchanged, and is never longer than `outputBudget`: beyond it, beyond the nesting cap or
    /// where it would take too long, the source comes back in a code block.
    package static func html(_ body: String, in context: MarkdownContext) -> String {
        let source = MarkdownSource(body)
        var renderer = MarkdownRenderer(source, links: LinkResolver(context))
        guard MarkdownParser.read(source, with: &renderer) else {
            return String(decoding: SourceBlock.html(source.original), as: UTF8.self)
        }
        let html = renderer.output
        return html.isEmpty ? "<p></p>" : String(decoding: html, as: UTF8.self)
    }
}

/// Where a text stands on GitHub: what its links, references and pictures are relative to.
package struct MarkdownContext: Sendable, Hashable {
    let repository: GitHubRepository
    /// The issue that the text is in or under.
    let issueNumber: Int64

    package init(repository: GitHubRepository, issueNumber: Int64) {
        self.repository = repository
        self.issueNumber = issueNumber
    }
}

/// Shows a body that cannot be rendered as it was written.
enum SourceBlock {
    private static let start = "<pre><code>"
    private static let end = "</code></pre>"
    private static let cut = "\n… (too long to show here)"

    /// The source, escaped, in a code block of at most `Markdown.outputBudget` bytes; a longer one is cut and says so.
    static func html(_ source: [UInt8]) -> [UInt8] {
        let room = Markdown.outputBudget - start.utf8.count - end.utf8.count
        var escaped: [UInt8] = []
        HTMLEscape.text(source.prefix(Markdown.outputBudget), into: &escaped)
        var note = ""
        if escaped.count > room || source.count > Markdown.outputBudget {
            note = cut
            escaped.removeLast(escaped.count - wholeLength(of: escaped, within: room - cut.utf8.count))
        }
        return Array(start.utf8) + escaped + Array(note.utf8) + Array(end.utf8)
    }

    /// The length of the longest start of `escaped` of at most `limit` bytes that cuts no entity and no scalar.
    private static func wholeLength(of escaped: [UInt8], within limit: Int) -> Int {
        var length = min(limit, escaped.count - 1)
        while length > 0, escaped[length] & 0xC0 == 0x80 { length -= 1 }
        // The longest entity written has six bytes; a bare & is never written.
        if let ampersand = escaped[max(0, length - 6)..<length].lastIndex(of: UInt8(ascii: "&")),
            !escaped[ampersand..<length].contains(UInt8(ascii: ";"))
        {
            length = ampersand
        }
        return length
    }
}
