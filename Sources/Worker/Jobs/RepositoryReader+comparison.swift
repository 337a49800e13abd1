import Base
import Database
import Deliveries
import Foundation
import GitHub
import GitHubClient
import Sync

extension RepositoryReader {
    /// Compares a page of issues, the oldest first, with what was synced.
    ///
    /// No list shows what is gone. An issue that was synced and is missing between its neighbours is looked up; and
    /// where an issue has another number of comments than GitHub says, its comments are listed.
    mutating func comparison(_ position: JobPosition) async throws -> Step {
        var step = Step(after: position)
        var pages = client.issuesByCreation(in: name, from: position.comparedPath)
        let sentAt = Date()
        guard let answer = try await pages.nextPage(), let page = answer.content.content else {
            step.isLast = true
            return step
        }
        let reading = try await reading(of: answer, sentAt: sentAt)
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
        for (number, issues) in known.sorted(by: { $0.key < $1.key }) where listed[number] == nil {
            let name = issues[0].name
            guard reading.mustShow(since: issues[0].state.updatedAt) else { continue }
            // GitHub leads to the new place of an issue that was transferred, where it has another id.
            if let (issue, _) = try await issue(number), issue.id == name.id { continue }
            step.differ(number, "no longer on GitHub")
            step.deliveries.append(reading.vanished(name))
        }
        for (number, shown) in listed.sorted(by: { $0.key < $1.key }) where !shown.issue.isPullRequest {
            guard let issues = known[number] else {
                step.differ(number, "not in Plane")
                continue
            }
            if issues.contains(where: { $0.state.isOutdated(by: shown.issue) }) {
                step.differ(number, "changed on GitHub since")
            }
            if let count = shown.commentCount, let issue = issues.first(where: { $0.comments.count != count }) {
                step.differ(number, "\(count) comments on GitHub, \(issue.comments.count) in Plane")
                try await readComments(of: issues, into: &step)
            }
        }
        step.next.comparedPath = pages.nextPath
        step.next.comparedNumber = last
        step.isLast = !pages.hasNext
        if job.reportsOnly { step.deliveries = [] }
        return step
    }

    /// Tells which comments differ from what was applied; those of issues that are not in Plane are no news.
    func compare(_ comments: [CommentReading], into step: inout Step) async throws {
        let issues = try await connection.issueIDs(of: comments.map(\.issueNumber), in: job.repositoryID)
        let known = try await connection.knownComments(comments.map(\.comment.id), of: job.repositoryID)
        for shown in comments where issues[shown.issueNumber] != nil {
            if let states = known[shown.comment.id] {
                guard states.contains(where: { $0.isOutdated(by: shown.comment) }) else { continue }
                step.differ(shown.issueNumber, "a comment changed on GitHub since")
            } else {
                step.differ(shown.issueNumber, "a comment is not in Plane")
            }
        }
    }

    /// Finds comments that were deleted on GitHub while no webhook told, on issues that changed lately, at the end of a
    /// sweep.
    ///
    /// Their comments are read where Plane has more than GitHub, or will have once all that was listed is applied. It may
    /// have fewer, while some wait for a worker. What GitHub showed is kept for later sweeps: that a comment was written
    /// may be told long after it was deleted.
    mutating func compareComments(into step: inout Step) async throws {
        let counts = step.next.commentCounts
        guard !counts.isEmpty else { return }
        let known = try await connection.knownIssues(
            of: job.repositoryID,
            numbered: "v.number = any(\(counts.keys.sorted()))"
        )
        for (number, count) in counts.sorted(by: { $0.key < $1.key }) {
            let listed = listedComments[number] ?? []
            guard let issues = known[number],
                issues.contains(where: { listed.union($0.comments.keys).count > count.comments })
            else { continue }
            let missing = try await readComments(of: issues, into: &step)
            // One that was written since the issue was shown is there, and causes no further reading. One that is too new
            // to be gone for sure does, until it is there or is old enough.
            let present = issues.map(\.comments.count).max() ?? 0
            step.next.commentCounts[number]?.comments = max(count.comments, Int64(present - missing))
        }
        let latest = step.next.commentCounts.sorted { $0.value.updatedAt > $1.value.updatedAt }
        step.next.commentCounts = Dictionary(uniqueKeysWithValues: latest.prefix(Self.countedIssues).map { $0 })
    }

    /// Issues whose numbers of comments are kept.
    private static let countedIssues = 200

    /// Reads all comments of an issue; those that Plane shows and GitHub does not are gone, unless they are so new that
    /// GitHub's list may not have them yet.
    /// - Returns: how many the list does not have.
    @discardableResult
    private mutating func readComments(of issues: [KnownIssue], into step: inout Step) async throws -> Int {
        let issue = issues[0].name
        var missing = issues.reduce(into: [Int64: Timestamp]()) { $0.merge($1.comments) { $1 } }
        var pages = client.comments(on: issue.number, in: name)
        let sentAt = Date()
        while let answer = try await pages.nextPage() {
            guard let page = answer.content.content else { break }
            let reading = try await reading(of: answer, sentAt: sentAt)
            for shown in page.elements { missing[shown.comment.id] = nil }
            step.deliveries += page.elements.map { reading.comment($0, on: issue.id) }
            guard !pages.hasNext else { continue }
            let gone = missing.filter { reading.mustShow(since: $0.value) }
            step.deliveries += gone.keys.sorted().map { reading.vanished($0, on: issue) }
        }
        return missing.count
    }
}

extension Step {
    /// Each difference of an issue is told once.
    fileprivate mutating func differ(_ number: Int64, _ words: String) {
        let line = "#\(number): \(words)"
        if next.differences.count < 1_000, !next.differences.contains(line) { next.differences.append(line) }
    }
}

/// An issue that was synced to a project.
private struct KnownIssue: Sendable, RowDecodable {
    let name: IssueName
    let state: AppliedState
    /// When each of the comments that both sides have was created, or written on GitHub at the latest, by GitHub's id.
    let comments: [Int64: Timestamp]

    init(row: Row) throws {
        name = IssueName(id: try row.get("github_issue_id"), number: try row.get("number"))
        state = try AppliedState(row: row)
        let times: [Int: Int64] = try row.getJSON("comment_times")
        comments = Dictionary(times.map { (Int64($0), Timestamp(microseconds: $1)) }) { $1 }
    }
}

extension Connection {
    /// The issues of a repository that were synced and are not gone, and meet a condition on `v.number`: by number, for
    /// each project that follows.
    fileprivate func knownIssues(
        of repositoryID: Int64,
        numbered condition: Query
    ) throws -> [Int64: [KnownIssue]] {
        let issues = try run(
            """
            select v.github_issue_id, v.number, v.github_updated_at, v.event_id, v.recent,
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
                union all
                -- GitHub counts those from Plane as well; they may be there long before they are on GitHub.
                select k.github_comment_id, greatest(ic.created_at, k.intended_at, k.github_updated_at)
                from public.issue_comments as ic
                inner join github_sync.github_comment_versions as k
                    on k.comment_id = ic.id and k.repository_sync_id = v.repository_sync_id
                        and k.born_in_plane and k.deleted_at is null
                where ic.issue_id = v.issue_id and ic.deleted_at is null
            ) as c on true
            where v.deleted_at is null and v.github_updated_at is not null
            group by v.repository_sync_id, v.github_issue_id
            order by v.repository_sync_id
            """,
            as: KnownIssue.self
        )
        return Dictionary(grouping: issues, by: \.name.number)
    }

    /// Comments that were synced and are not gone: by id, for each project that follows.
    fileprivate func knownComments(_ ids: [Int64], of repositoryID: Int64) throws -> [Int64: [AppliedState]] {
        let query: Query = """
            select v.github_comment_id, v.github_updated_at, v.event_id, v.recent
            from github_sync.followers(\([repositoryID])) as f
            inner join github_sync.github_comment_versions as v
                on v.repository_sync_id = f.repository_sync_id and v.github_comment_id = any(\(ids))
            where v.deleted_at is null and v.github_updated_at is not null
            """
        let read = Read(query) { rows in
            try rows.reduce(into: [Int64: [AppliedState]]()) { known, row in
                known[try row.get("github_comment_id"), default: []].append(try AppliedState(row: row))
            }
        }
        return try run(read)
    }
}
