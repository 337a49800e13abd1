import Base
import Database
import GitHub
import GitHubClient
import Inspect
import JSON
import Jobs

/// What an import would read, and what of it is in Plane already.
struct ImportForecast: Sendable {
    let repository: String
    let isFiltered: Bool
    // On GitHub; nil where it does not tell.
    let issuesAndPulls: ListCount?
    let pulls: ListCount?
    let comments: ListCount?
    let labels: ListCount?
    let inPlane: SyncedCounts

    /// Asks GitHub in a few calls, and changes nothing.
    init(
        of sync: ConnectedSync,
        _ filters: JobFilters,
        _ client: GitHubClient,
        _ connection: Connection
    ) async throws {
        guard let known = RepositoryName(sync.repository) else {
            throw CommandFailure("'\(sync.repository)' is no repository's name")
        }
        do {
            let found = try await client.access(to: known).repository
            guard found.id == sync.githubID, let name = RepositoryName(found.fullName) else {
                throw CommandFailure("\(known) is another repository on GitHub now: \(found.id), not \(sync.githubID)")
            }
            repository = found.fullName
            labels = try await client.labelCount(in: name)
            pulls = try await client.pullRequestCount(in: name)
            comments = try await client.commentCount(in: name, since: filters.since)
            issuesAndPulls = try await client.issueCount(in: name, since: filters.since, state: filters.state ?? .all)
        } catch let error as GitHubError {
            throw CommandFailure("\(known): \(error)")
        }
        isFiltered = filters.since != nil || filters.state == .open
        inPlane = try await connection.syncedCounts(of: sync.githubID)
    }

    /// Issues alone; GitHub lists all pull requests beside those issues that a filter leaves.
    var issues: ListCount? {
        guard let all = issuesAndPulls, let pulls, !isFiltered else { return nil }
        return all.without(pulls)
    }

    /// About how many calls it takes: a hundred objects each, of which lists by time repeat the last one.
    var calls: Int? {
        guard let all = issuesAndPulls, let pulls, let comments, let labels else { return nil }
        func pages(_ count: ListCount, of size: Int) -> Int { max(1, (count.number + size - 1) / size) }
        let lists = pages(labels, of: 100) + pages(pulls, of: 100) + pages(all, of: 99) + pages(comments, of: 99)
        // Whose token it is, and the repository; and the counts, without that of the labels.
        return lists + 2 + 3
    }

    private var limit: RateLimit? { issuesAndPulls?.limit ?? comments?.limit }

    func lines(width: Int?, isDecorated: Bool) -> [String] {
        var table = Table([.init(repository), .init("on GitHub", .right), .init("in Plane", .right)])
        func add(_ name: String, _ count: ListCount?, _ synced: Int) {
            table.add([name, count?.text ?? "?", String(synced)])
        }
        if isFiltered {
            add("issues and pull requests", issuesAndPulls, inPlane.issues)
        } else {
            add("issues", issues, inPlane.issues)
        }
        add("pull requests", pulls, inPlane.pulls)
        add("comments, also on pull requests", comments, inPlane.comments)
        add("labels", labels, inPlane.labels)
        let about = calls.map { "It would take about \($0) calls of GitHub's API" } ?? "GitHub does not tell how much"
        return table.lines(width: width, isDecorated: isDecorated) + ["", about + left, "Nothing was changed."]
    }

    private var left: String {
        guard let limit else { return "." }
        return ".\nOf \(limit.limit) an hour \(limit.remaining) are left until \(limit.resetsAt)."
    }

    var json: JSONValue {
        .object([
            "repository": .string(repository), "issues": .optional(issues?.number),
            "issues_and_pull_requests": .optional(issuesAndPulls?.number),
            "at_most": .bool(issuesAndPulls?.isAtMost ?? false), "pull_requests": .optional(pulls?.number),
            "comments": .optional(comments?.number), "labels": .optional(labels?.number),
            "in_plane": inPlane.json, "calls": .optional(calls), "calls_limit": .optional(limit?.limit),
            "calls_left": .optional(limit?.remaining),
            "calls_reset_at": .optional(limit.map { "\($0.resetsAt)" }),
        ])
    }
}

/// How many objects of a repository are in Plane, each counted once however many projects follow.
struct SyncedCounts: Sendable, Equatable, RowDecodable {
    let issues: Int
    let pulls: Int
    let comments: Int
    let labels: Int

    init(row: Row) throws {
        issues = try row.get("issues")
        pulls = try row.get("pulls")
        comments = try row.get("comments")
        labels = try row.get("labels")
    }

    var json: JSONValue {
        .object([
            "issues": .int(issues), "pull_requests": .int(pulls), "comments": .int(comments), "labels": .int(labels),
        ])
    }
}

extension Connection {
    fileprivate func syncedCounts(of repository: Int64) throws -> SyncedCounts {
        try run(
            """
            with syncs as (select repository_sync_id as id from github_sync.followers(\([repository])))
            select
                (
                    select count(distinct github_issue_id) from github_sync.github_issue_versions
                    where repository_sync_id in (select id from syncs)
                        and github_updated_at is not null and deleted_at is null
                ) as issues,
                (
                    select count(distinct github_pull_id) from github_sync.github_pull_versions
                    where repository_sync_id in (select id from syncs) and github_updated_at is not null
                ) as pulls,
                (
                    select count(distinct github_comment_id) from github_sync.github_comment_versions
                    where repository_sync_id in (select id from syncs)
                        and github_updated_at is not null and deleted_at is null
                ) as comments,
                (
                    select count(distinct github_label_id) from github_sync.github_label_versions
                    where repository_sync_id in (select id from syncs) and label_id is not null and deleted_at is null
                ) as labels
            """,
            as: SyncedCounts.self
        )[0]
    }
}
