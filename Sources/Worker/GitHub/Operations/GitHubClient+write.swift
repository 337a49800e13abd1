import Base
import GitHub
import JSON

/// What a change of an issue sets; what is nil stays as it is.
package struct IssueChange: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case open
        case closed(Reason)
    }

    package enum Reason: String, Sendable {
        case completed, notPlanned = "not_planned", duplicate
    }

    package var title: String?
    /// Markdown.
    package var body: String?
    package var state: State?
    /// The whole list: labels that somebody else added meanwhile go.
    package var labels: [String]?
    /// The whole list of logins; one who cannot be assigned makes GitHub refuse everything.
    package var assignees: [String]?

    package init() {}

    fileprivate var json: JSONValue {
        let (word, reason): (String?, Reason?) =
            switch state {
            case nil: (nil, nil)
            case .open: ("open", nil)
            case .closed(let reason): ("closed", reason)
            }
        return .object([
            "title": title.map { .string($0) }, "body": body.map { .string($0) }, "state": word.map { .string($0) },
            "state_reason": reason.map { .string($0.rawValue) }, "labels": labels.map(JSONValue.strings),
            "assignees": assignees.map(JSONValue.strings),
        ])
    }
}

/// Creating is the only kind of write that must not be repeated when its outcome is unknown.
extension GitHubClient {
    package func createIssue(
        in repository: RepositoryName,
        title: String,
        body: String,
        labels: [String] = [],
        assignees: [String] = []
    ) async throws(GitHubError) -> Answer<IssueReading> {
        let json: JSONValue = .object([
            "title": .string(title), "body": .string(body), "labels": .strings(labels),
            "assignees": .strings(assignees),
        ])
        var request = APIRequest(.post, "/issues", in: repository, json)
        request.creates = true
        return try await object(of: request, IssueReading.init)
    }

    /// Makes a whole change in one atomic call.
    package func updateIssue(
        _ number: Int64,
        in repository: RepositoryName,
        _ change: IssueChange
    ) async throws(GitHubError) -> Answer<IssueReading> {
        try await object(of: APIRequest(.patch, "/issues/\(number)", in: repository, change.json), IssueReading.init)
    }

    package func createComment(
        on number: Int64,
        in repository: RepositoryName,
        body: String
    ) async throws(GitHubError) -> Answer<CommentReading> {
        let json: JSONValue = .object(["body": .string(body)])
        var request = APIRequest(.post, "/issues/\(number)/comments", in: repository, json)
        request.creates = true
        return try await object(of: request, CommentReading.init)
    }

    package func editComment(
        _ id: Int64,
        in repository: RepositoryName,
        body: String
    ) async throws(GitHubError) -> Answer<CommentReading> {
        let json: JSONValue = .object(["body": .string(body)])
        let request = APIRequest(.patch, "/issues/comments/\(id)", in: repository, json)
        return try await object(of: request, CommentReading.init)
    }

    package func deleteComment(_ id: Int64, in repository: RepositoryName) async throws(GitHubError) -> Answer<Void> {
        let request = APIRequest(.delete, "/issues/comments/\(id)", in: repository)
        let answer = try await call(request)
        // A page of some proxy in between is no deletion.
        guard answer.status == 204 else { throw request.failure("unexpected status \(answer.status)") }
        return Answer((), answer)
    }

    /// Adds labels, and leaves those that somebody else added; GitHub makes those that the repository does not have.
    /// - Returns: all labels of the issue.
    package func addLabels(
        _ names: [String],
        to number: Int64,
        in repository: RepositoryName
    ) async throws(GitHubError) -> Answer<[GitHubLabel]> {
        let json: JSONValue = .object(["labels": .strings(names)])
        return try await labels(after: APIRequest(.post, "/issues/\(number)/labels", in: repository, json))
    }

    /// Removes a label; `notFound` if the issue does not have it.
    /// - Returns: the labels that are left.
    package func removeLabel(
        _ name: String,
        from number: Int64,
        in repository: RepositoryName
    ) async throws(GitHubError) -> Answer<[GitHubLabel]> {
        let path = "/issues/\(number)/labels/\(APIRequest.encoded(name))"
        return try await labels(after: APIRequest(.delete, path, in: repository))
    }

    /// A label by its name, which is made in this colour where the repository does not have it.
    ///
    /// `color` is `#rrggbb`, or anything else for GitHub's grey.
    package func ensureLabel(
        _ name: String,
        _ color: String,
        in repository: RepositoryName
    ) async throws(GitHubError) -> GitHubLabel {
        let digits = color.utf8.dropFirst()
        let isColor = color.utf8.first == UInt8(ascii: "#") && digits.count == 6 && digits.allSatisfy(\.isHexDigit)
        let json: JSONValue = .object([
            "name": .string(name), "color": .string(isColor ? String(color.dropFirst()) : "ededed"),
        ])
        do throws(GitHubError) {
            return try await object(of: APIRequest(.post, "/labels", in: repository, json), GitHubLabel.init).content
        } catch {
            // It is there already, which GitHub says in the same way as that the name is none.
            guard case .validation = error else { throw error }
            let path = "/labels/\(APIRequest.encoded(name))"
            return try await object(of: APIRequest(.get, path, in: repository), GitHubLabel.init).content
        }
    }

    /// Adds assignees; the answer shows who could be assigned.
    package func addAssignees(
        _ logins: [String],
        to number: Int64,
        in repository: RepositoryName
    ) async throws(GitHubError) -> Answer<IssueReading> {
        try await assignees(logins, .post, number, repository)
    }

    package func removeAssignees(
        _ logins: [String],
        from number: Int64,
        in repository: RepositoryName
    ) async throws(GitHubError) -> Answer<IssueReading> {
        try await assignees(logins, .delete, number, repository)
    }

    private func assignees(
        _ logins: [String],
        _ method: APIRequest.Method,
        _ number: Int64,
        _ repository: RepositoryName
    ) async throws(GitHubError) -> Answer<IssueReading> {
        let json: JSONValue = .object(["assignees": .strings(logins)])
        let request = APIRequest(method, "/issues/\(number)/assignees", in: repository, json)
        return try await object(of: request, IssueReading.init)
    }

    private func labels(after request: APIRequest) async throws(GitHubError) -> Answer<[GitHubLabel]> {
        let answer = try await call(request)
        let document = try answer.document(of: request)
        do {
            var labels: [GitHubLabel] = []
            for object in try document.objects() { labels.append(try GitHubLabel(object)) }
            return Answer(labels, answer)
        } catch {
            throw request.failure("the answer cannot be read: \(error)")
        }
    }
}

extension JSONValue {
    package static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
}
