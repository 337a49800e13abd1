/// GitHub-flavoured Markdown to the HTML that Plane's editor stores.
enum Markdown {
    /// The most HTML one body may become, in bytes; GitHub's own limit on a body is a quarter of it.
    static let outputBudget = 1 << 20

    /// The most bytes of URLs and titles read for one body: a reference definition can be used many times over.
    static let attributeBudget = 1 << 20

    /// How deep quotes, lists and tables, or emphasis and links, may lie in each other.
    ///
    /// People do not go further, and the editor fails somewhere beyond it.
    static let nestingCap = 32

    /// The HTML for the body of an issue or comment of `repository` (full name, `octo/hello`).
    ///
    /// Relative links and references such as `#12` lead to that repository on github.com. A body that is empty or only
    /// white space becomes `<p></p>`. The result is balanced, holds only what Plane's sanitizer lets through unchanged, and
    /// is never longer than `outputBudget`: beyond it or beyond the nesting cap the source comes back in a code block.
    static func html(_ source: String, repository: String) -> String {
        var bytes = Array(source.utf8)
        if bytes.contains(0) { bytes.removeAll { $0 == 0 } }  // PostgreSQL refuses U+0000
        var renderer = MarkdownRenderer(links: LinkResolver(repository: repository), sourceLength: bytes.count)
        guard MarkdownParser.read(bytes, with: &renderer) else {
            return String(decoding: SourceBlock.html(bytes), as: UTF8.self)
        }
        let html = renderer.output
        return html.isEmpty ? "<p></p>" : String(decoding: html, as: UTF8.self)
    }
}
