import GitHub

/// GitHub-flavoured Markdown to the HTML that Plane's editor stores.
package enum Markdown {
    /// The most HTML one body may become, in bytes; GitHub's own limit on a body is a quarter of it.
    static let outputBudget = 1 << 20

    /// The most bytes of URLs and titles read for one body: a reference definition can be used many times over.
    static let attributeBudget = 1 << 20

    /// How deep quotes, lists and tables, or emphasis and links, may lie in each other.
    ///
    /// People do not go further, and the editor fails somewhere beyond it.
    static let nestingCap = 32

    /// The HTML for the body of an issue or comment that stands in `context`, a function of these two alone.
    ///
    /// A body that is empty or only white space becomes `<p></p>`. The result is balanced, holds only what Plane's sanitizer
    /// lets through unchanged, and is never longer than `outputBudget`: beyond it, beyond the nesting cap or where it would
    /// take too long, the source comes back in a code block.
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
