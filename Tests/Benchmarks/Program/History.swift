import Foundation

/// What happens in a busy repository: issues are opened, edited, labelled, closed and commented on.
///
/// Four of five events are about an issue, one about a comment; the issue is any of `issues`, and its first event opens
/// it. The same number of issues always gives the same history.
struct History {
    struct Event {
        let type: String
        let action: String
        let body: String
    }

    private var issues: [Issue]
    private var random = SplitMix64(state: 7)
    private var second = 0
    private var comments: Int64 = 0

    init(issues count: Int) {
        issues = (1...count).map { Issue(number: Int64($0)) }
    }

    mutating func next() -> Event {
        second += 1
        let index = Int.random(in: 0..<issues.count, using: &random)
        let time = Self.time(second)
        if !issues[index].isOpened {
            issues[index].open(at: time, using: &random)
        } else if Int.random(in: 0..<5, using: &random) == 0 {
            return commented(on: index, at: time)
        } else {
            issues[index].change(at: time, using: &random)
        }
        let issue = issues[index]
        return Event(type: "issues", action: issue.action, body: GitHubJSON.delivery(issue))
    }

    /// One of four comment events edits the newest comment of the issue.
    private mutating func commented(on index: Int, at time: String) -> Event {
        var (action, changed) = ("created", "")
        var comment = Comment(
            id: comments,
            text: Prose.text(300...1500, using: &random),
            createdAt: time,
            updatedAt: time
        )
        if var newest = issues[index].newestComment, Int.random(in: 0..<4, using: &random) == 0 {
            action = "edited"
            changed = GitHubJSON.changes(of: "body", from: newest.text)
            newest.text = comment.text
            newest.updatedAt = time
            comment = newest
        } else {
            comments += 1
            issues[index].comments += 1
        }
        issues[index].newestComment = comment
        // A comment also moves its issue's time.
        issues[index].updatedAt = time
        let body = GitHubJSON.delivery(issues[index], comment, action: action, changed: changed)
        return Event(type: "issue_comment", action: action, body: body)
    }

    /// The time of each second of the history.
    static func time(_ second: Int) -> String {
        Date(timeIntervalSince1970: 1_790_000_000 + Double(second)).formatted(.iso8601)
    }
}
