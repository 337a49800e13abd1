import Foundation

/// Builds deliveries in GitHub's shape: our own words, only the fields a delivery must have and those the sync reads.
package struct SampleIssue: Sendable, Equatable {
    package var id: Int64
    package var number: Int64
    package var title = "A title"
    package var body: String? = "Some text"
    package var state = "open"
    package var stateReason: String?
    package var author: SampleUser? = .stranger
    package var labels: [SampleLabel] = []
    package var assignees: [SampleUser] = []
    package var createdAt = Self.time(0)
    package var updatedAt = Self.time(0)
    package var closedAt: String?
    package var milestone: String?
    package var type: String?
    package var isLocked = false
    package var isPullRequest = false

    package init(_ number: Int64, repository: SampleRepository = .rocket) {
        self.number = number
        id = repository.id * 1_000 + number
    }

    /// A moment of the sample histories, in seconds after their start.
    package static func time(_ seconds: Int) -> String {
        Date(timeIntervalSince1970: 1_790_000_000 + Double(seconds)).formatted(.iso8601)
    }

    /// The body of an `issues` delivery.
    package func event(
        _ action: String,
        in repository: SampleRepository = .rocket,
        by sender: SampleUser? = .stranger,
        with delta: SampleDelta? = nil
    ) -> [UInt8] {
        SampleBody.encode(
            delta.added(to: [
                "action": action, "issue": json(in: repository), "repository": repository.json, "sender": sender.json,
            ])
        )
    }

    /// The body of an `issue_comment` delivery.
    package func event(
        _ action: String,
        _ comment: SampleComment,
        in repository: SampleRepository = .rocket,
        by sender: SampleUser? = .stranger,
        with delta: SampleDelta? = nil
    ) -> [UInt8] {
        SampleBody.encode(
            delta.added(to: [
                "action": action, "issue": json(in: repository), "comment": comment.json,
                "repository": repository.json, "sender": sender.json,
            ])
        )
    }

    /// What a worker makes of the issue when it reads it from GitHub's API at a time.
    package func reading(at time: String, in repository: SampleRepository = .rocket) -> [UInt8] {
        SampleBody.encode([
            "action": "read", "read_at": time, "issue": json(in: repository), "repository": repository.json,
        ])
    }

    /// The same of a comment, which names only its issue.
    package func reading(
        of comment: SampleComment,
        at time: String,
        in repository: SampleRepository = .rocket
    ) -> [UInt8] {
        SampleBody.encode([
            "action": "read", "read_at": time, "comment": comment.json, "issue": ["id": id, "number": number],
            "repository": repository.json,
        ])
    }

    /// The issue as GitHub writes it.
    package func json(in repository: SampleRepository) -> [String: Any] {
        var issue: [String: Any] = [
            "id": id, "number": number, "title": title, "body": body ?? NSNull(), "state": state,
            "state_reason": stateReason ?? NSNull(), "user": author.json,
            "labels": labels.map(\.json), "assignees": assignees.map { Optional($0).json },
            "html_url": "https://github.com/\(repository.fullName)/issues/\(number)",
            "created_at": createdAt, "updated_at": updatedAt, "closed_at": closedAt ?? NSNull(), "locked": isLocked,
            "milestone": milestone.map { ["title": $0] } ?? NSNull(), "type": type.map { ["name": $0] } ?? NSNull(),
        ]
        if isPullRequest { issue["pull_request"] = ["url": "https://api.github.com/pulls/\(number)"] }
        return issue
    }
}

package struct SampleComment: Sendable, Equatable {
    package var id: Int64
    package var body = "A comment"
    package var author: SampleUser? = .stranger
    package var createdAt = SampleIssue.time(0)
    package var updatedAt = SampleIssue.time(0)

    package init(_ id: Int64) { self.id = id }

    /// The comment as GitHub writes it.
    package var json: [String: Any] {
        [
            "id": id, "body": body, "user": author.json, "created_at": createdAt, "updated_at": updatedAt,
            "html_url": "https://github.com/acme/rocket/issues/1#issuecomment-\(id)",
        ]
    }
}

package struct SampleUser: Sendable, Hashable {
    package let id: Int64
    package let login: String

    package init(id: Int64, login: String) {
        self.id = id
        self.login = login
    }

    /// Nobody in Plane.
    package static let stranger = SampleUser(id: 9_000_001, login: "stranger")
    /// The demo workspace's member who signed in with GitHub.
    package static let octocat = SampleUser(id: 583_231, login: "octocat")
    /// The demo workspace's owner, who did too.
    package static let demo = SampleUser(id: 1_000_001, login: "demo")
}

extension SampleUser? {
    var json: Any {
        guard let user = self else { return NSNull() }
        return ["id": user.id, "login": user.login, "type": "User"] as [String: Any]
    }
}
