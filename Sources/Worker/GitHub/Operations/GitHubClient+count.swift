import Base
import JSON

/// How many objects a list has.
package struct ListCount: Sendable, Equatable {
    package let number: Int
    /// Whether there may be fewer.
    package let isAtMost: Bool
    /// What is left after this call.
    package let limit: RateLimit?

    /// `1200`, `≤ 1200`.
    package var text: String { isAtMost ? "≤ \(number)" : "\(number)" }

    /// Of those in the list, the ones that are not in a list of some of them.
    package func without(_ part: ListCount) -> ListCount {
        ListCount(number: max(0, number - part.number), isAtMost: isAtMost, limit: limit)
    }
}

/// One call each: of a list with one object a page, the last page is the number of objects.
///
/// Nil where GitHub does not number the pages, as it may do with long lists.
extension GitHubClient {
    /// Issues and pull requests, which are one list.
    ///
    /// Where GitHub does not number the pages, there are at most as many as the newest one's number says: that counts
    /// those too that were deleted or transferred, and discussions.
    package func issueCount(
        in repository: RepositoryName,
        since: Timestamp? = nil,
        state: ListedState = .all
    ) async throws(GitHubError) -> ListCount? {
        let path = "/issues?state=\(state)&sort=created&direction=desc&per_page=1\(Self.query(since: since))"
        let (count, newest) = try await count(path, in: repository) { (issue) throws(PayloadProblem) in
            try issue.positiveID("number")
        }
        guard count == nil, since == nil, state == .all, let newest else { return count }
        return ListCount(number: Int(newest.element), isAtMost: true, limit: newest.limit)
    }

    package func pullRequestCount(in repository: RepositoryName) async throws(GitHubError) -> ListCount? {
        try await count("/pulls?state=all&per_page=1", in: repository) { _ in }.count
    }

    /// Comments on issues and on pull requests.
    package func commentCount(
        in repository: RepositoryName,
        since: Timestamp? = nil
    ) async throws(GitHubError) -> ListCount? {
        try await count("/issues/comments?per_page=1\(Self.query(since: since))", in: repository) { _ in }.count
    }

    package func labelCount(in repository: RepositoryName) async throws(GitHubError) -> ListCount? {
        try await count("/labels?per_page=1", in: repository) { _ in }.count
    }

    private func count<Element: Sendable>(
        _ path: String,
        in repository: RepositoryName,
        _ read: @escaping @Sendable (JSONObject) throws(PayloadProblem) -> Element
    ) async throws(GitHubError) -> (count: ListCount?, first: (element: Element, limit: RateLimit?)?) {
        var pages = Pages(self, APIRequest(.get, path, in: repository), unless: nil, read)
        guard let answer = try await pages.nextPage(), let page = answer.content.content else { return (nil, nil) }
        let number = pages.hasNext ? pages.count : page.elements.count + page.problems.count
        return (
            number.map { ListCount(number: $0, isAtMost: false, limit: answer.rateLimit) },
            page.elements.first.map { ($0, answer.rateLimit) }
        )
    }
}
