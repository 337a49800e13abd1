import Database
import Foundation

/// One of our tables that hold, for each object on GitHub and each connection, the version that was last applied.
///
/// Workers lock an object by its row here before they read anything about it.
package struct VersionTable: Sendable {
    /// How the primary key of Plane's row follows from the connection, a kind and GitHub's id.
    struct PlaneID: Sendable {
        let column: String
        let kind: String
    }

    let name: String
    /// The column that holds GitHub's id.
    let idColumn: String
    /// Nil where no row of Plane's has a key that follows from GitHub's id.
    var planeID: PlaneID?

    package static let issues = VersionTable(
        name: "github_issue_versions",
        idColumn: "github_issue_id",
        planeID: PlaneID(column: "issue_id", kind: "issue")
    )
    package static let comments = VersionTable(
        name: "github_comment_versions",
        idColumn: "github_comment_id",
        planeID: PlaneID(column: "comment_id", kind: "comment")
    )
    static let pulls = VersionTable(name: "github_pull_versions", idColumn: "github_pull_id")
    static let labels = VersionTable(name: "github_label_versions", idColumn: "github_label_id")

    /// Inserts the rows of objects that are seen for the first time.
    func insertions(_ keys: [GitHubKey]) -> [Query] {
        guard !keys.isEmpty else { return [] }
        let (column, id): (Query, Query) =
            planeID.map { planeID in
                (
                    ", \(identifier: planeID.column)",
                    ", github_sync.plane_id(f.repository_sync_id, \(planeID.kind), o.github_id)"
                )
            } ?? ("", "")
        return [
            """
            insert into \(identifier: "github_sync", name) (repository_sync_id, \(identifier: idColumn)\(column))
            select f.repository_sync_id, o.github_id\(id)
            from \(Self.objects(keys))
            -- Most rows exist already, and to look for them is cheaper than a conflict.
            where not exists (
                select from \(identifier: "github_sync", name) as v
                where v.repository_sync_id = f.repository_sync_id and v.\(identifier: idColumn) = o.github_id
            )
            order by f.repository_sync_id, o.github_id
            on conflict do nothing
            """
        ]
    }

    /// Locks rows in key order, as every worker does, so that deadlocks stay rare.
    ///
    /// Only later statements may read the objects, because this one does not see what others commit while it waits.
    /// `others` are rows that are known to exist.
    func locks(_ keys: [GitHubKey], others: [PlaneKey] = []) -> [Query] {
        guard !keys.isEmpty || !others.isEmpty else { return [] }
        return [
            """
            select 1 from \(identifier: "github_sync", name) as v
            where (v.repository_sync_id, v.\(identifier: idColumn)) in (
                select f.repository_sync_id, o.github_id
                from \(Self.objects(keys))
                union
                select * from unnest(\(others.map(\.repositorySyncID)), \(others.map(\.githubID)))
            )
            order by v.repository_sync_id, v.\(identifier: idColumn)
            for update of v
            """
        ]
    }

    /// The part of a `from` clause that gives objects as `o`, each with the connections `f` that follow its repository.
    static func objects(_ keys: [GitHubKey]) -> Query {
        """
        unnest(\(keys.map(\.repositoryID)), \(keys.map(\.id))) as o (repository_id, github_id)
        inner join github_sync.followers(\(Set(keys.map(\.repositoryID)).sorted())) as f
            on f.repository_id = o.repository_id
        """
    }

    /// Stores the histories of objects that get no new version.
    ///
    /// Deliveries that came too late to be applied still count in the next decision.
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
