import Base
import GitHub

/// An issue that a pull request names.
package struct IssueMention: Sendable, Hashable {
    package enum Target: Sendable, Hashable {
        /// An issue of a GitHub repository; `repository` is lower-cased `owner/name`.
        case github(repository: String, number: Int64)
        /// Plane's own number, as in `GH-12`; the identifier is upper-cased.
        case plane(identifier: String, number: Int)
    }

    package let target: Target
    /// Whether a closing keyword stands before it.
    package let closes: Bool
}

extension IssueMention {
    /// The issues named in title, body (Markdown) and branch of a pull request of `repository`.
    ///
    /// At most 100, each once, in order of first appearance; one closes its issue if any mention of it does. Pull
    /// requests share GitHub's numbers with issues, so a number may be that of a pull request.
    package static func all(
        title: String,
        body: String,
        branch: String,
        in repository: GitHubRepository
    ) -> [IssueMention] {
        var mentions = MentionList(repository: repository)
        var text = MentionText()
        text.append(TitleText.withoutCode(Array(title.utf8)))
        text.collect(into: &mentions)
        mentions = BodyMentions.added(to: mentions, from: body)
        BranchMentions(branch).collect(into: &mentions)
        return mentions.all
    }
}

/// The issues named so far, one entry per issue, in order of first appearance.
struct MentionList {
    private static let limit = 100

    /// The repository of a bare `#12`, in lower case.
    let repository: String
    /// The server of the issues; addresses on other servers are no mentions.
    let server: GitHubServer
    private var order: [IssueMention.Target] = []
    private var closes: [IssueMention.Target: Bool] = [:]

    init(repository: GitHubRepository) {
        self.repository = repository.fullName.lowercased()
        server = repository.server
    }

    var all: [IssueMention] {
        order.map { IssueMention(target: $0, closes: closes[$0] ?? false) }
    }

    /// Adds a mention; beyond the limit only those of issues already known count.
    mutating func add(_ target: IssueMention.Target, closes isClosing: Bool) {
        if let known = closes[target] {
            closes[target] = known || isClosing
        } else if order.count < Self.limit {
            order.append(target)
            closes[target] = isClosing
        }
    }
}
