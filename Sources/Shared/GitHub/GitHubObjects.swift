import Base

/// A GitHub account as payloads name it; only `id` and `login` are promised.
package struct GitHubUser: Sendable, Equatable {
    package let id: Int64
    package let login: String

    package init(id: Int64, login: String) {
        self.id = id
        self.login = login
    }
}

/// A label of a repository.
package struct GitHubLabel: Sendable, Equatable {
    /// GitHub's id; a negative number made from the name if GitHub sends none.
    package let id: Int64
    package let name: String
    /// Six hex digits without `#`; GitHub may leave it out.
    package let color: String?
    package let description: String?
}

/// The repository a delivery is about.
package struct GitHubRepository: Sendable, Hashable {
    package let id: Int64
    /// `owner/name`, checked to be just that.
    package let fullName: String
    /// The server it is on; github.com if the delivery does not say.
    package let server: GitHubServer
    /// Whether only people signed in to GitHub see what is in it.
    package let isPrivate: Bool

    package init(id: Int64, fullName: String, server: GitHubServer = .github, isPrivate: Bool = false) {
        self.id = id
        self.fullName = fullName
        self.server = server
        self.isPrivate = isPrivate
    }

    /// Its page.
    package var url: String { "\(server.url)/\(fullName)" }
}

/// A snapshot of an issue.
package struct GitHubIssue: Sendable, Equatable {
    /// Open, or why it was closed.
    package enum State: String, Sendable, Equatable {
        case open
        /// Closed with `completed`, without a reason, or with one GitHub invented later.
        case completed
        /// Closed as `not_planned` or `duplicate`.
        case cancelled
    }

    package let id: Int64
    package let number: Int64
    package let title: String
    /// Markdown; empty when the issue has no text.
    package let body: String
    package let state: State
    package let url: String
    package let author: GitHubUser?
    package let labels: [GitHubLabel]
    package let assignees: [GitHubUser]
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let closedAt: Timestamp?
    /// GitHub sends pull requests as issues too, with this mark.
    package let isPullRequest: Bool
    /// The milestone's title.
    package let milestone: String?
    /// The name of the issue type, which an organization defines.
    package let type: String?
    package let isLocked: Bool
    /// The App that created it.
    package let appID: Int64?

    package var name: IssueName { IssueName(id: id, number: number) }
}

/// An issue, by the two numbers that GitHub gives it.
package struct IssueName: Sendable, Equatable {
    package let id: Int64
    package let number: Int64

    package init(id: Int64, number: Int64) {
        self.id = id
        self.number = number
    }
}

/// A snapshot of a comment on an issue.
package struct GitHubComment: Sendable, Equatable {
    package let id: Int64
    package let body: String
    package let url: String
    package let author: GitHubUser?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    /// The App that created it.
    package let appID: Int64?
}
