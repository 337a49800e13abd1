import Database
import Foundation
import GitHub
import Text

/// The issues that the pull requests of a batch name.
///
/// They are found before any issue is locked, so that they can be locked with the batch's own.
struct PullTargets: Sendable {
    var scopes: [ScopedMention: ScopedNumber] = [:]
    var targets: [ScopedNumber: PullTarget] = [:]
    /// Other repositories of the same projects, whose settings apply to their issues.
    var repositoryIDs: Set<Int64> = []

    /// The version rows of the issues, in key order.
    var keys: [PlaneKey] {
        Set(targets.values.compactMap(\.key)).sorted()
    }

    var nativeIDs: [UUID] {
        Set(targets.values.filter { $0.key == nil }.map(\.issueID)).sorted()
    }

    var numbers: [ScopedNumber] { Set(targets.keys).union(targets.values.flatMap(\.numbers)).sorted() }
}

extension ScopedNumber: Comparable {
    static func < (lhs: Self, rhs: Self) -> Bool { (lhs.scopeID, lhs.number) < (rhs.scopeID, rhs.number) }
}

extension PullTargets {
    /// Reads the issues that the batch's pull requests name, or named until now.
    ///
    /// A pull request may name only issues of the project that follows its repository: by their number in this
    /// repository or in another one of the project, or by Plane's own number.
    static func read(_ batch: SyncBatch) -> Read<PullTargets> {
        let mentions = Set(
            batch.pulls.flatMap { snapshot in snapshot.mentions.map { MentionRow($0.target, in: snapshot.origin) } }
        )
        .sorted { ($0.repositoryID, $0.name, $0.number) < ($1.repositoryID, $1.name, $1.number) }
        let query: Query = """
            with mentioned as (
                select f.*, m.name, m.is_own, m.is_plane, m.number
                from unnest(
                    \(mentions.map(\.repositoryID)), \(mentions.map(\.name)), \(mentions.map(\.isOwn)),
                    \(mentions.map(\.isPlane)), \(mentions.map(\.number))
                ) as m (repository_id, name, is_own, is_plane, number)
                inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = m.repository_id
            ), named as (
                select repository_sync_id, name, is_plane, number, repository_sync_id as scope_id, repository_id, project_id
                from mentioned
                where is_own
                union
                select m.repository_sync_id, m.name, false, m.number, s.id, r.repository_id, m.project_id
                from mentioned as m
                inner join public.github_repository_syncs as s
                    on s.project_id = m.project_id and s.deleted_at is null
                inner join public.github_repositories as r on r.id = s.repository_id and r.deleted_at is null
                where not m.is_own and not m.is_plane and lower(r.owner || '/' || r.name) = m.name
                union
                select repository_sync_id, name, true, number, project_id, null, project_id
                from mentioned
                where is_plane and identifier = name
                union
                select f.repository_sync_id, null, null, x.number, x.scope_id, r.repository_id, f.project_id
                from \(VersionTable.objects(batch.pullKeys))
                inner join github_sync.github_pull_references as x
                    on x.repository_sync_id = f.repository_sync_id and x.github_pull_id = o.github_id
                left join public.github_repository_syncs as s on s.id = x.scope_id
                left join public.github_repositories as r on r.id = s.repository_id
            )
            select
                n.repository_sync_id, n.name, n.is_plane, n.number, n.scope_id, n.repository_id, n.project_id,
                coalesce(v.issue_id, q.issue_id) as issue_id,
                coalesce(v.repository_sync_id, g.repository_sync_id) as key_sync_id,
                coalesce(v.github_issue_id, g.github_issue_id) as key_github_id,
                coalesce(v.number, g.repo_issue_id) as github_number,
                coalesce(i.sequence_id, q.sequence) as plane_number
            from named as n
            left join github_sync.github_issue_versions as v
                on v.repository_sync_id = n.scope_id and v.number = n.number and v.github_updated_at is not null
            left join public.issues as i on i.id = v.issue_id
            left join public.issue_sequences as q
                on n.scope_id = n.project_id and q.sequence = n.number and q.project_id = n.project_id
            left join public.github_issue_syncs as g on g.issue_id = q.issue_id and g.deleted_at is null
            """
        return Read(query) { rows in
            try rows.reduce(into: PullTargets()) { targets, row in try targets.add(row) }
        }
    }
}

/// A mention in the form that the query takes.
private struct MentionRow: Hashable {
    let repositoryID: Int64
    /// `owner/name`, or the identifier of a project.
    let name: String
    let isOwn: Bool
    let isPlane: Bool
    let number: Int64

    init(_ target: IssueMention.Target, in origin: Origin) {
        repositoryID = origin.repository.id
        switch target {
        case .github(let repository, let number):
            name = repository
            isOwn = repository == origin.repository.fullName.lowercased()
            isPlane = false
            self.number = number
        case .plane(let identifier, let number):
            name = identifier
            isOwn = false
            isPlane = true
            self.number = Int64(number)
        }
    }
}

extension PullTargets {
    fileprivate mutating func add(_ row: Row) throws {
        let number = ScopedNumber(scopeID: try row.get("scope_id"), number: try row.get("number"))
        if let name = try row.getIfPresent("name", as: String.self) {
            let target: IssueMention.Target =
                try row.get("is_plane")
                ? .plane(identifier: name, number: Int(number.number))
                : .github(repository: name, number: number.number)
            scopes[ScopedMention(repositorySyncID: try row.get("repository_sync_id"), target: target)] = number
        }
        if let id: Int64 = try row.getIfPresent("repository_id") { repositoryIDs.insert(id) }
        guard let issueID: UUID = try row.getIfPresent("issue_id") else { return }
        let projectID: UUID = try row.get("project_id")
        var key: PlaneKey?
        var numbers = [number]
        if let sync: UUID = try row.getIfPresent("key_sync_id"), let id: Int64 = try row.getIfPresent("key_github_id") {
            key = PlaneKey(repositorySyncID: sync, githubID: id)
            let github: Int64? = try row.getIfPresent("github_number")
            if let github { numbers.append(ScopedNumber(scopeID: sync, number: github)) }
        }
        if let plane: Int64 = try row.getIfPresent("plane_number") {
            numbers.append(ScopedNumber(scopeID: projectID, number: plane))
        }
        targets[number] = PullTarget(issueID: issueID, projectID: projectID, key: key, numbers: Array(Set(numbers)))
    }
}
