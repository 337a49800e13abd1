import Shared

/// Where a text stands on GitHub: what its links, references and pictures are relative to.
struct MarkdownContext: Sendable, Hashable {
    let repository: GitHubRepository
    /// The issue that the text is in or under.
    let issueNumber: Int64
}
