import Foundation

/// Builds `pull_request` deliveries in GitHub's shape.
package struct SamplePullRequest: Sendable, Equatable {
    /// As GitHub tells them apart: draft and merged are marks beside the state.
    package enum State: String, Sendable, CaseIterable {
        case draft, open, merged, closed
    }

    package var id: Int64
    package var number: Int64
    package var title = "A change"
    package var body: String?
    package var branch = "topic"
    /// The branch it is to go into.
    package var base: String? = "main"
    package var state = State.open
    package var author: SampleUser? = .stranger
    package var createdAt = SampleIssue.time(0)
    package var updatedAt = SampleIssue.time(0)
    /// When it was merged or closed.
    package var endedAt: String?

    package init(_ number: Int64, repository: SampleRepository = .rocket) {
        self.number = number
        id = repository.id * 1_000 + 500 + number
    }

    package func event(
        _ action: String,
        in repository: SampleRepository = .rocket,
        by sender: SampleUser? = .stranger,
        with delta: SampleDelta? = nil
    ) -> [UInt8] {
        SampleBody.encode(
            delta.added(to: [
                "action": action, "pull_request": json(in: repository), "repository": repository.json,
                "sender": sender.json,
            ])
        )
    }

    /// The pull request as GitHub writes it.
    package func json(in repository: SampleRepository) -> [String: Any] {
        let isEnded = state == .merged || state == .closed
        return [
            "id": id, "number": number, "title": title, "body": body ?? NSNull(), "user": author.json,
            "state": isEnded ? "closed" : "open", "draft": state == .draft, "merged": state == .merged,
            "html_url": "https://github.com/\(repository.fullName)/pull/\(number)",
            "head": ["ref": branch], "base": base.map { ["ref": $0] } ?? NSNull(), "created_at": createdAt,
            "updated_at": updatedAt,
            "closed_at": isEnded ? endedAt ?? updatedAt : NSNull(),
            "merged_at": state == .merged ? endedAt ?? updatedAt : NSNull(),
        ]
    }
}
