import Base
import GitHub
import JSON

/// An issue as REST shows it.
package struct IssueReading: Sendable, Equatable {
    package let issue: GitHubIssue
    /// How many comments it has: the only trace of a deleted one.
    package let commentCount: Int64?
    /// The App that created it.
    package let appID: Int64?

    init(_ object: JSONObject) throws(PayloadProblem) {
        issue = try GitHubIssue(object)
        // Zero is no id.
        commentCount = object.has("comments") ? (try? object.positiveID("comments")) ?? 0 : nil
        appID = object.creatingApp
    }
}

/// A comment as REST shows it.
package struct CommentReading: Sendable, Equatable {
    package let comment: GitHubComment
    /// The issue or pull request it is on.
    package let issueNumber: Int64
    /// The App that created it.
    package let appID: Int64?

    init(_ object: JSONObject) throws(PayloadProblem) {
        comment = try GitHubComment(object)
        let address = try object.exactText("issue_url")
        guard let number = address.split(separator: "/").last.flatMap({ Int64($0) }), number > 0 else {
            throw object.problem(with: "issue_url", "expected the address of an issue")
        }
        issueNumber = number
        appID = object.creatingApp
    }
}

extension JSONObject {
    fileprivate var creatingApp: Int64? { try? objectIfPresent("performed_via_github_app")?.positiveID("id") }
}

/// Who we are to GitHub.
package struct Identity: Sendable, Equatable {
    /// The person, or the App's bot.
    package let user: GitHubUser
    /// The id of the App, which marks what it created.
    package let appID: Int64?
}
