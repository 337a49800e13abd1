import Database
import Foundation

extension Connection {
    /// Creates issues and gives them the next numbers of their projects.
    ///
    /// Plane takes the same advisory lock when it numbers issues. The lock is a statement of its own, for projects in
    /// key order, and later statements compute the numbers.
    ///
    /// People who create an issue in Plane wait while we hold the lock. So all other `writes` of the batch, which may
    /// wait for locks of others, come before it. Any later wait, such as for a project that is being deleted or for the
    /// foreign keys at the commit, is given up after a moment.
    ///
    /// A pull request that names an issue which does not exist takes the lock too. If such an issue and such a pull
    /// request are processed at the same time, the second one therefore sees the first.
    /// - Returns: Plane's number of each issue created; nil when nothing needed the lock, and then nothing was written.
    /// - Throws: `WorldChanged` when something that was read before the lock is no longer true.
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
        // The reads below would find the issues that this batch is the first to write, so these are left out.
        let first = planner.writes.issues.versions.filter { planner.world.issues[$0.key]?.applied == nil }
        let absent = Set(pending.map(\.issue))
            .subtracting(
                first.compactMap { version in
                    version.applied.number.map { ScopedNumber(scopeID: version.key.repositorySyncID, number: $0) }
                }
            )
            .sorted()
        let (namedBy, appeared, made) = try run(
            Self.references(to: numbers),
            Self.appeared(absent),
            new.isEmpty ? Read(known: [:]) : Self.insertion(of: new),
            after: writes + Self.numberLocks(projects, patience)
        )
        guard planner.references(to: Set(numbers), match: namedBy), !appeared else { throw WorldChanged() }
        return made
    }

    /// Takes the number locks; while we hold the first, others wait for us, so we wait only a moment for the next ones.
    private static func numberLocks(_ projects: [UUID], _ patience: LockPatience) -> [Query] {
        func lock(_ projects: some Sequence<UUID>) -> Query {
            """
            select pg_advisory_xact_lock(github_sync.number_lock_key(p.id))
            from (select id from unnest(\(Array(projects))) as u (id) order by id) as p
            """
        }
        return [
            lockTimeout(patience.numberLock), lock(projects.prefix(1)), lockTimeout(LockPatience.underNumberLock),
        ] + (projects.count > 1 ? [lock(projects.dropFirst())] : [])
    }

    /// Reads the references to issues that are about to be created, each with the delivery that it comes from.
    ///
    /// The number lock also keeps others from storing new references meanwhile.
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

    /// Whether one of these issues exists now, although it did not when it was looked for.
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

    /// Inserts issues; an issue whose key is taken exists already and gets no number.
    /// - Returns: Plane's number of each issue created.
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
                    -- The parent that settings chose, unless it is gone. It is found by its key alone: an equality
                    -- would offer the planner the index of the project, with all of its issues.
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
    /// Whether the pull requests that name these issues are still the ones that were read, as this batch has left them.
    fileprivate func references(to numbers: Set<ScopedNumber>, match found: [PullReference: UUID]) -> Bool {
        var events = world.pulls.stored.mapValues(\.version.eventID)
        for pull in writes.pulls.versions { events[pull.key] = pull.version.eventID }
        let known = references.filter { numbers.contains($0.issue) }
        return found.count == known.count
            && known.allSatisfy { reference in found[reference].map { $0 == events[reference.pull] } ?? false }
    }
}

/// Thrown when another session committed something that this transaction had looked for in vain.
///
/// The transaction is rolled back and has to run again.
package struct WorldChanged: Error {}
