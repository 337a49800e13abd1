import Base
import Database
import Deliveries
import Foundation
import GitHub
import GitHubClient

extension RepositoryReader {
    /// Compares a page of issues, the oldest first, with what was synced.
    ///
    /// No list shows what is gone. An issue that was synced and is missing between its neighbours is looked up; and
    /// where an issue has another number of comments than GitHub says, its comments are listed.
    mutating func comparison(_ position: JobPosition) async throws -> Step {
        var step = Step(after: position)
        var pages = client.issuesByCreation(in: name, from: position.comparedPath)
        reading.sentAt = Date()
        guard let answer = try await pages.nextPage(), let page = answer.content.content else {
            step.isLast = true
            return step
        }
        note(answer.answeredAt)
        step.read = page.elements.count
        // Behind the last page nothing more is listed, so whatever has a larger number is missing.
        let last = pages.hasNext ? page.elements.map(\.issue.number).max() ?? position.comparedNumber : Int64.max
        let known = try await connection.knownIssues(
            of: job.repositoryID,
            numbered: "v.number between \(position.comparedNumber + 1) and \(last)"
        )
        guard !page.elements.isEmpty || known.isEmpty || position.comparedNumber > 0 else {
            throw JobProblem("GitHub lists no issue at all, although \(known.count) were synced")
        }
        let listed = Dictionary(page.elements.map { ($0.issue.number, $0) }) { $1 }
        for issue in known where listed[issue.name.number] == nil && reading.mustShow(since: issue.updatedAt) {
            try await lookUp(issue, into: &step)
        }
        let byNumber = Dictionary(known.map { ($0.name.number, $0) }) { first, _ in first }
        for (number, shown) in listed.sorted(by: { $0.key < $1.key }) where !shown.issue.isPullRequest {
            guard let issue = byNumber[number] else {
                step.differ("#\(number): not in Plane")
                continue
            }
            if issue.updatedAt < shown.issue.updatedAt { step.differ("#\(number): changed on GitHub since") }
            if let count = shown.commentCount, count != issue.comments.count {
                step.differ("#\(number): \(count) comments on GitHub, \(issue.comments.count) in Plane")
                try await readComments(of: issue, into: &step)
            }
        }
        step.next.comparedPath = pages.nextPath
        step.next.comparedNumber = last
        step.isLast = !pages.hasNext
        if job.filters.reportOnly == true { step.deliveries = [] }
        return step
    }

    /// An issue that no list shows was deleted or transferred, unless it says itself that it is there.
    private mutating func lookUp(_ issue: KnownIssue, into step: inout Step) async throws {
        let number = issue.name.number
        // GitHub leads to the new place of an issue that was transferred, where it has another id.
        if try await self.issue(number)?.issue.id == issue.name.id { return }
        step.differ("#\(number): no longer on GitHub")
        step.deliveries.append(reading.vanished(issue.name))
    }

    /// Finds comments that were deleted on GitHub while no webhook told, on issues that changed lately.
    ///
    /// Plane may have fewer comments than GitHub for now, while some wait for a worker, but not more.
    mutating func compareComments(of issues: [IssueReading], into step: inout Step) async throws {
        let counts = issues.filter { !$0.issue.isPullRequest }.map { ($0.issue.number, $0.commentCount) }
        let shown = Dictionary(counts) { $1 }
        guard !shown.isEmpty else { return }
        let known = try await connection.knownIssues(
            of: job.repositoryID,
            numbered: "v.number = any(\(shown.keys.sorted()))"
        )
        for issue in known {
            guard let count = shown[issue.name.number] ?? nil, issue.comments.count > count else { continue }
            try await readComments(of: issue, into: &step)
        }
    }

    /// Reads all comments of an issue; those that Plane shows and GitHub does not are gone.
    private mutating func readComments(of issue: KnownIssue, into step: inout Step) async throws {
        var shown: Set<Int64> = []
        var pages = client.comments(on: issue.name.number, in: name)
        reading.sentAt = Date()
        while let answer = try await pages.nextPage() {
            guard let page = answer.content.content else { break }
            note(answer.answeredAt)
            shown.formUnion(page.elements.map(\.comment.id))
            step.deliveries += page.elements.map { reading.comment($0, on: issue.name.id) }
        }
        for (id, createdAt) in issue.comments.sorted(by: { $0.key < $1.key })
        where !shown.contains(id) && reading.mustShow(since: createdAt) {
            step.deliveries.append(reading.vanished(id, on: issue.name))
        }
    }
}

extension Step {
    fileprivate mutating func differ(_ words: String) {
        if next.differences.count < 1_000 { next.differences.append(words) }
    }
}

/// An issue that was synced to at least one project.
struct KnownIssue: Sendable, RowDecodable {
    let name: IssueName
    /// The newest that was applied.
    let updatedAt: Timestamp
    /// When each of the comments that Plane shows was created, by GitHub's id.
    let comments: [Int64: Timestamp]

    init(row: Row) throws {
        name = IssueName(id: try row.get("github_issue_id"), number: try row.get("number"))
        updatedAt = try row.get("github_updated_at")
        let times: [Int: Int64] = try row.getJSON("comment_times")
        comments = Dictionary(times.map { (Int64($0), Timestamp(microseconds: $1)) }) { $1 }
    }
}

extension Connection {
    /// The issues of a repository that were synced and are not gone, and meet a condition on `v.number`.
    fileprivate func knownIssues(of repositoryID: Int64, numbered condition: Query) throws -> [KnownIssue] {
        try run(
            """
            select v.github_issue_id, v.number, max(v.github_updated_at) as github_updated_at,
                coalesce(
                    jsonb_object_agg(c.id, floor(extract(epoch from c.created_at) * 1e6)) filter (where c.id is not null),
                    '{}'
                ) as comment_times
            from github_sync.followers(\([repositoryID])) as f
            inner join github_sync.github_issue_versions as v
                on v.repository_sync_id = f.repository_sync_id and \(condition)
            left join lateral (
                select ic.external_id::bigint as id, ic.created_at
                from public.issue_comments as ic
                where ic.issue_id = v.issue_id and ic.deleted_at is null and ic.external_source = 'github'
                    -- Anybody may write this column through Plane's API; only our comments have a key made of it.
                    and case when ic.external_id ~ '^[0-9]{1,18}$'
                        then ic.id = github_sync.plane_id(v.repository_sync_id, 'comment', ic.external_id::bigint)
                    end
            ) as c on true
            where v.deleted_at is null and v.github_updated_at is not null
            group by v.github_issue_id, v.number
            order by v.number
            """,
            as: KnownIssue.self
        )
    }
}
