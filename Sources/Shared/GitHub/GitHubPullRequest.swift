import Base
import JSON

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
    /// The branch it is to be merged into; empty if GitHub leaves it out.
    package let base: String
    /// Whether its base is the repository's default branch: only then GitHub closes the issues it says it fixes.
    ///
    /// Also true if GitHub leaves out one of the two branches.
    package let isToDefaultBranch: Bool
    package let state: State
    package let author: GitHubUser?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let mergedAt: Timestamp?
    package let closedAt: Timestamp?
}

extension GitHubPullRequest {
    /// Reads a pull request of the repository that the delivery is about.
    ///
    /// - Throws: `PayloadProblem` naming the field and what was expected there.
    package init(_ object: JSONObject, in repository: JSONObject?) throws(PayloadProblem) {
        id = try object.positiveID("id")
        number = try object.positiveID("number")
        title = try object.text("title")
        body = try object.textIfPresent("body") ?? ""
        url = try object.textIfPresent("html_url") ?? ""
        // The repository beside it is null once a fork was deleted; nobody reads that.
        branch = try object.objectIfPresent("head")?.textIfPresent("ref") ?? ""
        // Neither is worth refusing a delivery for.
        base = (try? object.objectIfPresent("base")?.exactTextIfPresent("ref")) ?? ""
        let main = (try? repository?.exactTextIfPresent("default_branch")) ?? ""
        isToDefaultBranch = base.isEmpty || main.isEmpty || main.utf8.elementsEqual(base.utf8)
        author = try object.objectIfPresent("user").map(GitHubUser.init)
        updatedAt = try object.timestamp("updated_at")
        createdAt = try object.timestampIfPresent("created_at") ?? updatedAt
        mergedAt = try object.timestampIfPresent("merged_at")
        closedAt = try object.timestampIfPresent("closed_at")

        let word = try object.exactTextIfPresent("state")
        let isMerged = try object.boolIfPresent("merged") ?? false
        let isDraft = try object.boolIfPresent("draft") ?? false
        // As with issues, `closed_at` decides if there is no state that we know.
        let isOpen = word == "open" || (word != "closed" && closedAt == nil)
        state = isMerged || mergedAt != nil ? .merged : !isOpen ? .closed : isDraft ? .draft : .open
    }
}
