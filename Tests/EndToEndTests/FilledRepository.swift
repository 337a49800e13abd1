import Database
import Foundation
import TestSupport

extension FakeRepository {
    /// Issues that changed several times a second, and one comment or two on each.
    static func filled(_ count: Int64) -> FakeRepository {
        var state = FakeRepository.State()
        state.labels = [SampleLabel(3, "bug")]
        for number in 1...count {
            var issue = SampleIssue(number)
            issue.title = "Issue \(number)"
            issue.updatedAt = SampleIssue.time(Int(number) / 7)
            if number.isMultiple(of: 5) { issue.labels = [SampleLabel(3, "bug")] }
            if number.isMultiple(of: 3) {
                issue.state = "closed"
                issue.closedAt = issue.updatedAt
            }
            state.issues.append(issue)
            for place in 0..<(1 + number % 2) {
                var comment = SampleComment(number * 10 + place)
                comment.body = "Comment \(number) \(place)"
                comment.updatedAt = SampleIssue.time(Int(number) / 3)
                state.comments.append((number, comment))
            }
        }
        return FakeRepository(.rocket, state)
    }
}

extension Connection {
    /// Titles of the issues that Plane shows, by number.
    func titles() throws -> [String] {
        try values("select name as value from public.issues where deleted_at is null order by sequence_id")
    }

    /// GitHub's ids of the comments that Plane shows on an issue.
    func commentIDs(ofIssue number: Int64) throws -> [Int64] {
        try values(
            """
            select c.external_id::bigint as value
            from public.issue_comments as c
            inner join public.github_issue_syncs as s on s.issue_id = c.issue_id
            where s.repo_issue_id = \(number) and c.deleted_at is null
            order by value
            """
        )
    }
}
