import Base
import GitHub
import JSON

extension GitHubClient {
    /// Which issues a list has.
    package enum ListedState: String, Sendable, Codable, CaseIterable { case open, all }

    /// An issue, or a pull request as an issue.
    package func issue(
        _ number: Int64,
        in repository: RepositoryName,
        unless etag: String? = nil
    ) async throws(GitHubError) -> Answer<Conditional<IssueReading>> {
        try await read(APIRequest(.get, "/issues/\(number)", in: repository), unless: etag, IssueReading.init)
    }

    /// Issues and pull requests that changed at `since` or later, the longest unchanged first.
    package func issues(
        in repository: RepositoryName,
        since: Timestamp? = nil,
        state: ListedState = .all,
        unless etag: String? = nil
    ) -> Pages<IssueReading> {
        let path = "/issues?state=\(state)&sort=updated&direction=asc&per_page=100\(Self.query(since: since))"
        return Pages(self, APIRequest(.get, path, in: repository), unless: etag, IssueReading.init)
    }

    /// All issues and pull requests, the oldest first, from the beginning or from a page that `nextPath` named.
    ///
    /// New ones come behind the last, so a page stays what it is.
    package func issuesByCreation(
        in repository: RepositoryName,
        from path: String? = nil
    ) -> Pages<IssueReading> {
        var request = APIRequest(.get, "/issues?state=all&sort=created&direction=asc&per_page=100", in: repository)
        if let path { request.path = path }
        return Pages(self, request, unless: nil, IssueReading.init)
    }

    package func comment(
        _ id: Int64,
        in repository: RepositoryName,
        unless etag: String? = nil
    ) async throws(GitHubError) -> Answer<Conditional<CommentReading>> {
        try await read(APIRequest(.get, "/issues/comments/\(id)", in: repository), unless: etag, CommentReading.init)
    }

    /// Comments on all issues and pull requests that changed at `since` or later, the longest unchanged first.
    package func comments(
        in repository: RepositoryName,
        since: Timestamp? = nil,
        unless etag: String? = nil
    ) -> Pages<CommentReading> {
        let path = "/issues/comments?sort=updated&direction=asc&per_page=100\(Self.query(since: since))"
        return Pages(self, APIRequest(.get, path, in: repository), unless: etag, CommentReading.init)
    }

    /// Comments on one issue that changed at `since` or later, by id.
    package func comments(
        on number: Int64,
        in repository: RepositoryName,
        since: Timestamp? = nil,
        unless etag: String? = nil
    ) -> Pages<CommentReading> {
        let path = "/issues/\(number)/comments?per_page=100\(Self.query(since: since))"
        return Pages(self, APIRequest(.get, path, in: repository), unless: etag, CommentReading.init)
    }

    package func pullRequest(
        _ number: Int64,
        in repository: RepositoryName,
        unless etag: String? = nil
    ) async throws(GitHubError) -> Answer<Conditional<PullReading>> {
        try await read(APIRequest(.get, "/pulls/\(number)", in: repository), unless: etag, PullReading.init)
    }

    /// All pull requests from page `page` on, which counts from 1, the oldest first.
    ///
    /// New ones come behind the last, so a page stays what it is.
    package func pullRequests(in repository: RepositoryName, fromPage page: Int = 1) -> Pages<PullReading> {
        let path = "/pulls?state=all&sort=created&direction=asc&per_page=100&page=\(page)"
        return Pages(self, APIRequest(.get, path, in: repository), unless: nil, PullReading.init)
    }

    package func labels(in repository: RepositoryName, unless etag: String? = nil) -> Pages<LabelReading> {
        Pages(self, APIRequest(.get, "/labels?per_page=100", in: repository), unless: etag, LabelReading.init)
    }

    /// A repository by its name, under which GitHub may by now know another one: its id tells.
    package func repository(
        _ name: RepositoryName,
        unless etag: String? = nil
    ) async throws(GitHubError) -> Answer<Conditional<RepositoryReading>> {
        try await read(APIRequest(.get, "", in: name), unless: etag, RepositoryReading.init)
    }

    /// Whose token this is; an App's bot is looked up in the name of its installation on a repository.
    package func whoAmI(on repository: RepositoryName) async throws(GitHubError) -> Identity {
        guard case .app = credentials else {
            let person = try await object(of: APIRequest(.get, "/user", .repository(repository)), Self.user)
            return Identity(user: person.content, appID: nil)
        }
        let app = try await object(of: APIRequest(.get, "/app", .app)) { (object) throws(PayloadProblem) in
            (id: try object.positiveID("id"), slug: try object.exactText("slug"))
        }
        let login = APIRequest.encoded("\(app.content.slug)[bot]")
        let bot = try await object(of: APIRequest(.get, "/users/\(login)", .repository(repository)), Self.user)
        return Identity(user: bot.content, appID: app.content.id)
    }

    /// A person by the id, which stays when the login changes.
    package func user(_ id: Int64, for repository: RepositoryName) async throws(GitHubError) -> GitHubUser {
        try await object(of: APIRequest(.get, "/user/\(id)", .repository(repository)), Self.user).content
    }

    /// Whether issues of the repository can be assigned to a person.
    package func isAssignable(_ login: String, in repository: RepositoryName) async throws(GitHubError) -> Bool {
        do throws(GitHubError) {
            _ = try await call(APIRequest(.get, "/assignees/\(APIRequest.encoded(login))", in: repository))
            return true
        } catch {
            guard error == .notFound else { throw error }
            return false
        }
    }

    private static func user(_ object: JSONObject) throws(PayloadProblem) -> GitHubUser { try GitHubUser(object) }

    /// GitHub reads whole seconds; the second that `since` is in is listed too.
    static func query(since: Timestamp?) -> String {
        guard let since else { return "" }
        let second: Int64 = 1_000_000
        let fraction = (since.microseconds % second + second) % second
        return "&since=\(Timestamp(microseconds: since.microseconds - fraction))"
    }
}
