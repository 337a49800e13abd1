import Database
import Foundation

extension Connection {
    /// Creates issues and gives them the next numbers of their projects.
    ///
    /// Plane takes the same advisory lock when it numbers issues, so do we: the lock is a statement of its own, projects
    /// in key order, and what computes the numbers comes after it. People who make an issue in Plane wait meanwhile, so
    /// all other `writes` of the batch, which may wait for a lock of somebody else's, come before it; what is left to
    /// wait for, such as a project that is being deleted or what the foreign keys ask at the commit, is given up after a
    /// moment.
    ///
    /// A pull request that names an issue which is not there takes it too. So of an issue and of a pull request that
    /// names it, worked on at the same time, the second sees the first.
    /// - Returns: Plane's number of each issue made; nil when nothing needed the lock, and nothing was written.
    /// - Throws: `WorldChanged` when what was read before the lock is no longer true.
    func createIssues(
        _ planner: Planner,
        after writes: [Query],
        _ patience: LockPatience
    ) throws -> [UUID: Int]? {
        let new = planner.writes.issues.created.values.sorted {
            ($0.githubNumber, $0.githubID) < ($1.githubNumber, $1.githubID)
        }
        let pending = planner.writes.pulls.pending
        guard !new.isEmpty || !pending.isEmpty else { return nil }
        let projects = Set(new.map(\.place.projectID) + pending.map(\.projectID)).sorted()
        let numbers = new.map { ScopedNumber(scopeID: $0.repositorySyncID, number: $0.githubNumber) }
        // What this batch is the first to write is seen by the looks that follow.
        let first = planner.writes.issues.versions.filter { planner.world.issues[$0.key]?.applied == nil }
        let absent = Set(pending.map(\.issue))
            .subtracting(first.map { ScopedNumber(scopeID: $0.key.repositorySyncID, number: $0.number) })
            .sorted()
        let (namedBy, appeared, made) = try run(
            Self.references(to: numbers),
            Self.appeared(absent),
            new.isEmpty ? Read(known: [:]) : Self.insertion(of: new),
            after: writes + Self.numberLocks(projects, patience)
        )
        guard planner.names(Set(numbers), as: namedBy), !appeared else { throw WorldChanged() }
        return made
    }

    /// The locks of several projects: nobody has to wait for the first while we wait for the others.
    private static func numberLocks(_ projects: [UUID], _ patience: LockPatience) -> [Query] {
        func lock(_ projects: some Sequence<UUID>) -> Query {
            """
            select pg_advisory_xact_lock(github_sync.number_lock_key(p.id))
            from (select id from unnest(\(Array(projects))) as u (id) order by id) as p
            """
        }
        return [
            lockTimeout(patience.numbers), lock(projects.prefix(1)), lockTimeout(LockPatience.whileNumbering),
        ] + (projects.count > 1 ? [lock(projects.dropFirst())] : [])
    }

    /// References to issues, by GitHub's number, that are about to be made, each with the delivery that it is from.
    ///
    /// Read under the number lock, which also keeps others from storing new ones.
    private static func references(to numbers: [ScopedNumber]) -> Read<[PullReference: UUID]> {
        Read(
            """
            select r.repository_sync_id, r.github_pull_id, r.scope_id, r.number as issue_number, r.closes, p.event_id
            from unnest(\(numbers.map(\.scopeID)), \(numbers.map(\.number))) as n (scope_id, number)
            inner join github_sync.github_pull_references as r using (scope_id, number)
            inner join github_sync.github_pull_versions as p using (repository_sync_id, github_pull_id)
            """
        ) { rows in try rows.reduce(into: [:]) { $0[try PullReference(row: $1)] = try $1.get("event_id") } }
    }

    /// Whether one of these issues, which were not there when they were looked for, is there now.
    private static func appeared(_ numbers: [ScopedNumber]) -> Read<Bool> {
        Read(
            """
            select 1
            from unnest(\(numbers.map(\.scopeID)), \(numbers.map(\.number))) as n (scope_id, number)
            inner join github_sync.github_issue_versions as v
                on v.repository_sync_id = n.scope_id and v.number = n.number and v.github_updated_at is not null
            """
        ) { !$0.isEmpty }
    }

    /// A key that is taken means that the issue exists; its number is then left alone.
    /// - Returns: Plane's number of each issue made.
    private static func insertion(of new: [NewIssue]) -> Read<[UUID: Int]> {
        Read(
            """
            with taken as materialized (
                select id from public.issues where id = any(\(new.map(\.id)))
            ), new as (
                select * from unnest(
                    \(new.map(\.id)), \(new.map(\.place.projectID)), \(new.map(\.place.workspaceID)), \(new.map(\.stateID)),
                    \(new.map(\.name)), \(new.map(\.text.html)), \(new.map(\.text.stripped)),
                    \(new.map(\.priority)), \(new.map(\.author)), \(new.map(\.createdAt)), \(new.map(\.completedAt)),
                    \(new.map { String($0.githubID) }), \(new.map(\.parentID))
                ) with ordinality as n (
                    id, project_id, workspace_id, state_id, name, html, stripped, priority, author, created_at,
                    completed_at, external_id, parent_id, position
                )
                where n.id not in (select id from taken)
            ), numbers as materialized (
                select project_id, github_sync.take_numbers(project_id, count(*)) as top from new group by project_id
            ), places as materialized (
                select state_id, github_sync.take_places(state_id, count(*)) as first from new group by state_id
            ), numbered as (
                select
                    new.*,
                    numbers.top + row_number() over (partition by project_id order by new.position) as number,
                    places.first + 10000 * (row_number() over (partition by state_id order by new.position) - 1)
                        as sort_order
                from new
                inner join numbers using (project_id)
                inner join places using (state_id)
            ), made as (
                insert into public.issues (
                    id, created_at, updated_at, created_by_id, project_id, workspace_id, state_id, name,
                    description_html, description_stripped, description_json, priority, sequence_id, sort_order,
                    completed_at, is_draft, external_source, external_id, parent_id
                )
                select
                    id, created_at, now(), author, project_id, workspace_id, state_id, name,
                    html, stripped, '{}', priority, number, sort_order,
                    completed_at, false, 'github', external_id,
                    -- What settings chose, unless it went away since. By its key alone: an equality would offer the planner
                    -- the index of the project, with all that is in it.
                    (
                        select p.id from public.issues as p
                        where p.id = n.parent_id and p.project_id is not distinct from n.project_id
                            and p.deleted_at is null
                    )
                from numbered as n
                order by position
                returning id, created_by_id, project_id, workspace_id, sequence_id
            )
            insert into public.issue_sequences (
                id, created_at, updated_at, created_by_id, project_id, workspace_id, issue_id, sequence, deleted
            )
            select gen_random_uuid(), now(), now(), created_by_id, project_id, workspace_id, id, sequence_id, false
            from made
            returning issue_id as id, sequence as sequence_id
            """
        ) { rows in try rows.reduce(into: [:]) { $0[try $1.get("id")] = try $1.get("sequence_id", as: Int.self) } }
    }
}

extension Planner {
    /// Whether the pull requests that name these issues are those that were read, as this batch has left them, and have
    /// not changed since.
    fileprivate func names(_ numbers: Set<ScopedNumber>, as found: [PullReference: UUID]) -> Bool {
        var events = world.pulls.stored.mapValues(\.version.eventID)
        for pull in writes.pulls.versions { events[pull.key] = pull.version.eventID }
        let known = references.filter { numbers.contains($0.issue) }
        return found.count == known.count
            && known.allSatisfy { reference in found[reference].map { $0 == events[reference.pull] } ?? false }
    }
}

/// Somebody else committed what this transaction had looked for in vain: it was rolled back and has to run again.
package struct WorldChanged: Error {}
