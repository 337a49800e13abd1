import Base
import GitHub
import JSON

/// An issue as REST shows it.
package struct IssueReading: Sendable, Equatable {
    package let issue: GitHubIssue
    /// How many comments it has: the only trace of a deleted one.
    package let commentCount: Int64?
    /// The issue as GitHub wrote it.
    package let source: [UInt8]

    init(_ object: JSONObject) throws(PayloadProblem) {
        issue = try GitHubIssue(object)
        source = Array(object.source)
        // Zero is no id.
        commentCount = object.has("comments") ? (try? object.positiveID("comments")) ?? 0 : nil
    }
}

/// A comment as REST shows it.
package struct CommentReading: Sendable, Equatable {
    package let comment: GitHubComment
    /// The issue or pull request it is on.
    package let issueNumber: Int64
    /// Whether it is on a pull request.
    package let isOnPullRequest: Bool
    /// The comment as GitHub wrote it.
    package let source: [UInt8]

    init(_ object: JSONObject) throws(PayloadProblem) {
        comment = try GitHubComment(object)
        source = Array(object.source)
        let address = try object.exactText("issue_url")
        guard let number = address.split(separator: "/").last.flatMap({ Int64($0) }), number > 0 else {
            throw object.problem(with: "issue_url", "expected the address of an issue")
        }
        issueNumber = number
        // The API's address calls both issues; only the address of the page tells.
        isOnPullRequest = object.textIfReadable("html_url")?.contains("/pull/\(number)") ?? false
    }
}

/// A pull request as REST shows it.
package struct PullReading: Sendable, Equatable {
    package let pull: GitHubPullRequest
    /// The pull request as GitHub wrote it.
    package let source: [UInt8]

    /// REST has no repository beside it, but that of its base, which is the same.
    init(_ object: JSONObject) throws(PayloadProblem) {
        let base = try? object.objectIfPresent("base")?.objectIfPresent("repo")
        pull = try GitHubPullRequest(object, in: base)
        source = Array(object.source)
    }
}

/// A label as REST shows it.
package struct LabelReading: Sendable, Equatable {
    package let label: GitHubLabel
    /// The label as GitHub wrote it.
    package let source: [UInt8]

    init(_ object: JSONObject) throws(PayloadProblem) {
        label = try GitHubLabel(object)
        source = Array(object.source)
    }
}

/// A repository as REST shows it.
package struct RepositoryReading: Sendable, Equatable {
    package let repository: GitHubRepository
    package let defaultBranch: String?

    init(_ object: JSONObject) throws(PayloadProblem) {
        repository = try GitHubRepository(object, in: object)
        defaultBranch = object.textIfReadable("default_branch")
    }
}

/// Who we are to GitHub.
package struct Identity: Sendable, Equatable {
    /// The person, or the App's bot.
    package let user: GitHubUser
    /// The id of the App, which marks what it created.
    package let appID: Int64?
}
