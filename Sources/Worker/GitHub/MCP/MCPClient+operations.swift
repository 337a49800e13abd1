import Base
import GitHub
import JSON

/// What a change of an issue through MCP sets; what is nil stays as it is.
///
/// Title and body are not in it: whoever cannot read them as they are must not write over them.
package struct MCPIssueChange: Sendable, Equatable {
    package var state: IssueChange.State?
    /// The whole list.
    package var labels: [String]?
    /// The whole list of logins.
    package var assignees: [String]?

    package init() {}

    fileprivate func arguments(for can: MCPCapabilities) throws(GitHubError) -> [(String, JSONValue)] {
        if labels == [] || assignees == [], !can.emptiesLists {
            throw .validation("the MCP server cannot remove all labels or assignees")
        }
        var arguments: [(String, JSONValue)] = []
        switch state {
        case nil: break
        case .open: arguments.append(("state", .string("open")))
        case .closed(let reason):
            guard can.closesWithReason || reason == .completed else {
                throw .validation("the MCP server cannot close an issue as \(reason.rawValue)")
            }
            arguments.append(("state", .string("closed")))
            if can.closesWithReason { arguments.append(("state_reason", .string(reason.rawValue))) }
        }
        if let labels { arguments.append(("labels", .strings(labels))) }
        if let assignees { arguments.append(("assignees", .strings(assignees))) }
        return arguments
    }
}

extension MCPClient {
    package func issue(_ number: Int64, in repository: RepositoryName) async throws(GitHubError) -> MCPIssueReading {
        try await call(.readIssue, in: repository) { _ in
            [("issue_number", .int(Int(number)))]
        } read: { (content) throws(PayloadProblem) in
            try MCPIssueReading(content.object("issue"))
        }
    }

    /// Comments on an issue or pull request by id, from `page` 1 on; a page that is not full is the last one.
    package func comments(
        on number: Int64,
        in repository: RepositoryName,
        page: Int
    ) async throws(GitHubError) -> (comments: [MCPCommentReading], isLast: Bool) {
        let size = 100
        return try await call(.readComments, in: repository) { _ in
            [("issue_number", .int(Int(number))), ("page", .int(page)), ("perPage", .int(size))]
        } read: { (content) throws(PayloadProblem) in
            var comments: [MCPCommentReading] = []
            for object in try content.objects("comments") { comments.append(try MCPCommentReading(object)) }
            return (comments, comments.count < size)
        }
    }

    package func pullRequest(
        _ number: Int64,
        in repository: RepositoryName
    ) async throws(GitHubError) -> MCPPullRequestReading {
        try await call(.readPullRequest, in: repository) { _ in
            [("pullNumber", .int(Int(number)))]
        } read: { (content) throws(PayloadProblem) in
            try MCPPullRequestReading(content.object("pull_request"))
        }
    }

    package func createIssue(
        in repository: RepositoryName,
        title: String,
        body: String,
        labels: [String] = [],
        assignees: [String] = []
    ) async throws(GitHubError) -> MCPCreatedIssue {
        try await call(.createIssue, in: repository, creates: true) { _ in
            [
                ("title", .string(title)), ("body", .string(body)), ("labels", .strings(labels)),
                ("assignees", .strings(assignees)),
            ]
        } read: { (content) throws(PayloadProblem) in
            try MCPCreatedIssue(content.object("issue"))
        }
    }

    /// Makes a change, which is not atomic: the server sets the state by a call of its own, after the rest.
    ///
    /// What the server would silently do otherwise is refused with `validation`, see `MCPCapabilities`.
    package func updateIssue(
        _ number: Int64,
        in repository: RepositoryName,
        _ change: MCPIssueChange
    ) async throws(GitHubError) {
        try await call(.updateIssue, in: repository) { (can) throws(GitHubError) in
            [("issue_number", .int(Int(number)))] + (try change.arguments(for: can))
        } read: { _ in
        }
    }

    /// Adds a comment.
    /// - Returns: its id.
    package func addComment(
        on number: Int64,
        in repository: RepositoryName,
        body: String
    ) async throws(GitHubError) -> Int64 {
        try await call(.addComment, in: repository, creates: true) { _ in
            [("issue_number", .int(Int(number))), ("body", .string(body))]
        } read: { (content) throws(PayloadProblem) in
            try content.object("comment").number("id")
        }
    }

    /// Replaces the body of a comment, if the server has a tool for this.
    package func editComment(_ id: Int64, in repository: RepositoryName, body: String) async throws(GitHubError) {
        try await call(.editComment, in: repository) { _ in
            [("comment_id", .int(Int(id))), ("body", .string(body))]
        } read: { _ in
        }
    }
}
