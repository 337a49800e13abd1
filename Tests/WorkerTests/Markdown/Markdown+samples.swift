@testable import GitHub
@testable import Text
@testable import Worker

extension MarkdownContext {
    /// Issue 7 of `octo/hello`, as most tests have it.
    static func sample(
        _ repository: String = "octo/hello",
        on page: String = "https://github.com",
        isPrivate: Bool = false
    ) -> MarkdownContext {
        let server = GitHubServer(ofPage: page) ?? .github
        let repository = GitHubRepository(id: 1, fullName: repository, server: server, isPrivate: isPrivate)
        return MarkdownContext(repository: repository, issueNumber: 7)
    }
}

extension Markdown {
    static func html(_ source: String, repository: String) -> String { html(source, in: .sample(repository)) }
}

extension IssueMention {
    static func all(title: String, body: String, branch: String, repository: String) -> [IssueMention] {
        all(title: title, body: body, branch: branch, in: GitHubRepository(id: 1, fullName: repository))
    }
}

/// A link as `Markdown.html` writes it.
func anchor(_ url: String, _ text: String) -> String {
    "<a href=\"\(url)\" target=\"_blank\" rel=\"noopener noreferrer\">\(text)</a>"
}
