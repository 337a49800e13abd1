import Base
import Database
import Foundation
import GitHubClient
import Queue

/// What a job reads from GitHub.
package enum JobKind: String, Sendable, CaseIterable {
    /// Everything of a repository, once.
    case `import`
    /// What changed lately, again and again.
    case sweep
    /// Everything once more, and what lists do not show: what is no longer on GitHub.
    case reconcile
    /// What was delivered and did not arrive.
    case recover
}

/// What a job was asked for; nil for everything.
package struct JobFilters: Sendable, Equatable, Codable {
    /// Only what changed, or was delivered, at this time or later.
    package var since: Timestamp?
    package var state: GitHubClient.ListedState?
    /// Whether a reconciliation only tells what differs.
    package var reportOnly: Bool?

    package init(since: Timestamp? = nil, state: GitHubClient.ListedState? = nil, reportOnly: Bool? = nil) {
        self.since = since
        self.state = state
        self.reportOnly = reportOnly
    }
}

/// A job that this process holds under a claim token.
package struct Job: Sendable, Identifiable {
    package let id: UUID
    package let kind: JobKind
    /// Whether it becomes due again and again, and never ends.
    let repeats: Bool
    /// GitHub's.
    let repositoryID: Int64
    /// `owner/name`, as it was when the job was made.
    let repository: RepositoryName
    let filters: JobFilters
    var position: JobPosition
    /// Attempts that failed in a row.
    var retries: Int
    let isCancelled: Bool
    /// By the server's clock.
    let claimedAt: Timestamp

    var reportsOnly: Bool { filters.reportOnly == true }

    package var logKeys: Log.Keys {
        [.job: id.text, .kind: kind.rawValue, .repository: repository.description]
    }
}

extension Job: RowDecodable {
    package init(row: Row) throws {
        id = try row.get("id")
        kind = try row.get("kind")
        repeats = try row.get("repeats")
        repositoryID = try row.get("repository_id")
        let name: String = try row.get("repository_name")
        guard let repository = RepositoryName(name) else { throw JobProblem("'\(name)' is no repository's name") }
        self.repository = repository
        filters = try row.getJSON("filters")
        position = try row.getJSON("position")
        retries = try row.get("retry_count")
        isCancelled = try row.getIfPresent("cancelled_at", as: Timestamp.self) != nil
        claimedAt = try row.get("claimed_at")
    }
}

extension JobKind: SQLValue {}

/// A job that was taken back from a worker whose lease ran out.
package struct RescuedJob: Sendable, RowDecodable {
    private let id: UUID
    private let kind: String
    private let repository: String
    private let status: String

    package init(row: Row) throws {
        id = try row.get("id")
        kind = try row.get("kind")
        repository = try row.get("repository_name")
        status = try row.get("status")
    }

    package var logKeys: Log.Keys { [.job: id.text, .kind: kind, .repository: repository, .status: status] }
}

/// Why a job cannot go on, in words for the operator.
struct JobProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension QueueTable {
    package static let jobs = QueueTable(
        "github_sync",
        "github_sync_jobs",
        key: "id",
        labels: ["kind", "repository_id", "repository_name"],
        content: ["repeats", "filters", "position", "cancelled_at", "claimed_at"],
        isPending: "status = 'queued'",
        isClaimed: "status = 'running'"
    )
}
