import Database
import Foundation

/// One of our tables that say, for each object of GitHub's in each project, what was last applied of it.
///
/// Workers lock an object by its row here before they read anything about it.
struct VersionTable: Sendable {
    /// What the primary key of Plane's row is made of, besides the connection and GitHub's id.
    struct PlaneID: Sendable {
        let column: String
        let kind: String
    }

    let name: String
    /// The column of GitHub's id.
    let idColumn: String
    /// Nil where no row of Plane's has a key that follows from GitHub's id.
    var planeID: PlaneID?

    static let issues = VersionTable(
        name: "github_issue_versions",
        idColumn: "github_issue_id",
        planeID: PlaneID(column: "issue_id", kind: "issue")
    )
    static let comments = VersionTable(
        name: "github_comment_versions",
        idColumn: "github_comment_id",
        planeID: PlaneID(column: "comment_id", kind: "comment")
    )
    static let pulls = VersionTable(name: "github_pull_versions", idColumn: "github_pull_id")
    static let labels = VersionTable(name: "github_label_versions", idColumn: "github_label_id")

    /// Statements that make the rows of objects which are seen for the first time, then lock the rows of all of them in
    /// key order: the order in which every worker locks, so that deadlocks stay rare.
    ///
    /// What is read of the objects must be read by later statements.
    /// `others` are rows that exist, to be locked too.
    func lockQueries(_ keys: [GitHubKey], others: [PlaneKey] = []) -> [Query] {
        keys.isEmpty && others.isEmpty ? [] : [insertion(of: keys), lock(keys, others)]
    }

    private func insertion(of keys: [GitHubKey]) -> Query {
        guard let planeID else {
            return """
                insert into \(identifier: "github_sync", name) (repository_sync_id, \(identifier: idColumn))
                select f.repository_sync_id, o.github_id
                from unnest(\(keys.map(\.repositoryID)), \(keys.map(\.id))) as o (repository_id, github_id)
                inner join github_sync.followers(\(repositoryIDs(of: keys))) as f on f.repository_id = o.repository_id
                -- Most are there: a look is cheaper than a conflict.
                where not exists (
                    select from \(identifier: "github_sync", name) as v
                    where v.repository_sync_id = f.repository_sync_id and v.\(identifier: idColumn) = o.github_id
                )
                order by f.repository_sync_id, o.github_id
                on conflict do nothing
                """
        }
        return """
            insert into \(identifier: "github_sync", name) (
                repository_sync_id, \(identifier: idColumn), \(identifier: planeID.column)
            )
            select
                f.repository_sync_id, o.github_id,
                github_sync.plane_id(f.repository_sync_id, \(planeID.kind), o.github_id)
            from unnest(\(keys.map(\.repositoryID)), \(keys.map(\.id))) as o (repository_id, github_id)
            inner join github_sync.followers(\(repositoryIDs(of: keys))) as f on f.repository_id = o.repository_id
            where not exists (
                select from \(identifier: "github_sync", name) as v
                where v.repository_sync_id = f.repository_sync_id and v.\(identifier: idColumn) = o.github_id
            )
            order by f.repository_sync_id, o.github_id
            on conflict do nothing
            """
    }

    private func lock(_ keys: [GitHubKey], _ others: [PlaneKey]) -> Query {
        """
        select 1 from \(identifier: "github_sync", name) as v
        where (v.repository_sync_id, v.\(identifier: idColumn)) in (
            select f.repository_sync_id, o.github_id
            from unnest(\(keys.map(\.repositoryID)), \(keys.map(\.id))) as o (repository_id, github_id)
            inner join github_sync.followers(\(repositoryIDs(of: keys))) as f on f.repository_id = o.repository_id
            union
            select * from unnest(\(others.map(\.repositorySyncID)), \(others.map(\.githubID)))
        )
        order by v.repository_sync_id, v.\(identifier: idColumn)
        for update of v
        """
    }

    private func repositoryIDs(of keys: [GitHubKey]) -> [Int64] { Set(keys.map(\.repositoryID)).sorted() }

    /// Stores the histories of objects that get no new version: deliveries that came too late to be applied still count
    /// in what is decided next.
    func historyQueries(_ histories: [PlaneKey: SecondHistory], without versions: [PlaneKey]) -> [Query] {
        let versions = Set(versions)
        let late = histories.filter { !versions.contains($0.key) }
        guard !late.isEmpty else { return [] }
        return [
            """
            update \(identifier: "github_sync", name) as v
            set recent = n.recent
            from unnest(
                \(late.map(\.key.repositorySyncID)), \(late.map(\.key.githubID)), \(late.map(\.value.encoded))
            ) as n (sync_id, github_id, recent)
            where v.repository_sync_id = n.sync_id and v.\(identifier: idColumn) = n.github_id
            """
        ]
    }
}
