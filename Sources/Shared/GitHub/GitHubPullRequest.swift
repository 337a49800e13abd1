/// A snapshot of a pull request.
package struct GitHubPullRequest: Sendable, Equatable {
    /// Draft, open, or how it ended.
    package enum State: String, Sendable, Equatable { case draft, open, merged, closed }

    package let id: Int64
    package let number: Int64
    package let title: String
    /// Markdown; empty when it has no text.
    package let body: String
    package let url: String
    /// The branch with the changes; empty where GitHub leaves it out.
    package let branch: String
    package let state: State
    package let author: GitHubUser?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let mergedAt: Timestamp?
    package let closedAt: Timestamp?
}

extension GitHubPullRequest: Decodable {
    enum CodingKeys: String, CodingKey {
        case id, number, title, body, user, head, state, draft, merged
        case url = "html_url"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case mergedAt = "merged_at"
        case closedAt = "closed_at"
    }

    /// Its repository is null once a fork was deleted; nobody reads that.
    private struct Head: Decodable {
        let ref: String?
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.positiveID(.id)
        number = try container.positiveID(.number)
        title = try container.decode(String.self, forKey: .title).withoutNUL
        body = try container.decodeIfPresent(String.self, forKey: .body)?.withoutNUL ?? ""
        url = try container.decodeIfPresent(String.self, forKey: .url)?.withoutNUL ?? ""
        branch = try container.decodeIfPresent(Head.self, forKey: .head)?.ref?.withoutNUL ?? ""
        author = try container.decodeIfPresent(GitHubUser.self, forKey: .user)
        updatedAt = try container.timestamp(.updatedAt)
        createdAt = try container.timestampIfPresent(.createdAt) ?? updatedAt
        mergedAt = try container.timestampIfPresent(.mergedAt)
        closedAt = try container.timestampIfPresent(.closedAt)

        let word = try container.decodeIfPresent(String.self, forKey: .state)
        let isMerged = try container.decodeIfPresent(Bool.self, forKey: .merged) ?? false
        let isDraft = try container.decodeIfPresent(Bool.self, forKey: .draft) ?? false
        // As with issues: without a word we know, `closed_at` decides.
        let isOpen = word == "open" || (word != "closed" && closedAt == nil)
        state = isMerged || mergedAt != nil ? .merged : !isOpen ? .closed : isDraft ? .draft : .open
    }
}
