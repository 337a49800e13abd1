import Database
import Foundation

/// The issues that a batch shows or whose pull requests it shows, as Plane has them.
struct KnownIssues: Sendable, Emptiable {
    var byKey: [PlaneKey: IssueRecord] = [:]
    /// The names of the users who are assigned now.
    var assigneeNames: [UUID: String] = [:]
}

extension KnownIssues {
    /// Reads the issues of a batch, with labels and assignees, and the issues that its pull requests name.
    static func read(_ batch: SyncBatch, _ targets: PullTargets) -> Read<KnownIssues> {
        Read.all(rows(batch, targets), labels(batch), assignees(batch)).map { rows, labels, assignees in
            var issues = KnownIssues(byKey: rows)
            let keys = Dictionary(rows.map { ($0.value.id, $0.key) }) { first, _ in first }
            for label in labels {
                guard let key = keys[label.issueID] else { continue }
                issues.byKey[key]?.labels[label.targetID] = .some(label.attachedBy)
            }
            for assignee in assignees {
                issues.assigneeNames[assignee.targetID] = assignee.name
                guard let key = keys[assignee.issueID] else { continue }
                issues.byKey[key]?.assignees[assignee.targetID] = .some(assignee.attachedBy)
            }
            return issues
        }
    }

    /// Reads issues, and a description only if its source on GitHub changed, because descriptions are large.
    private static func rows(_ batch: SyncBatch, _ targets: PullTargets) -> Read<[PlaneKey: IssueRecord]> {
        let bodies = batch.issueBodies
        let query: Query = """
            with observed as (
                select f.repository_sync_id, o.github_id, o.body_hash
                from unnest(
                    \(batch.issueKeys.map(\.repositoryID)), \(batch.issueKeys.map(\.id)),
                    \(batch.issueKeys.map { bodies[$0] ?? nil })
                ) as o (repository_id, github_id, body_hash)
                inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
            ), touched as (
                select repository_sync_id, github_id, body_hash, true as is_observed from observed
                union all
                select t.repository_sync_id, t.github_id, null, false
                from unnest(\(targets.keys.map(\.repositorySyncID)), \(targets.keys.map(\.githubID)))
                    as t (repository_sync_id, github_id)
                where (t.repository_sync_id, t.github_id) not in (
                    select repository_sync_id, github_id from observed
                )
            )
            select
                v.repository_sync_id, v.github_issue_id, v.issue_id, v.github_updated_at, v.event_id,
                v.deleted_at is not null as has_tombstone, v.closed_at, v.recent, v.number as github_number,
                v.priority as applied_priority, v.waiting_state_id, v.page_url, \(IssueAgreement.columns),
                -- Such an intent stays until GitHub shows the issue.
                case when v.github_updated_at is null then v.intents end as sent,
                i.sequence_id, i.name,
                case when t.is_observed and v.body_hash is distinct from t.body_hash then i.description_html end
                    as description_html,
                i.created_by_id, i.state_id, i.priority, i.created_at, i.completed_at,
                \(RowVersion.column(of: "i")), i.deleted_at is not null as is_deleted,
                i.external_source is distinct from 'github' as is_native
            from touched as t
            inner join github_sync.github_issue_versions as v
                -- Not an equality, for the same reason as in `anyIssue`.
                on v.repository_sync_id is not distinct from t.repository_sync_id and v.github_issue_id = t.github_id
            left join public.issues as i on i.id = v.issue_id
            """
        return Read(query) { rows in
            try rows.reduce(into: [:]) { records, row in
                records[try PlaneKey(row, githubID: "github_issue_id")] = try IssueRecord(row: row)
            }
        }
    }

    /// What an issue's id has to equal for it to be one of the batch.
    ///
    /// An array, because a join may be planned the other way round while a table is small, and the plan is kept.
    ///
    /// GitHub's issue ids are unique among all repositories. A condition on the repository would only offer the planner
    /// the index that begins with it, and so all issues of the repository.
    static func anyIssue(of batch: SyncBatch) -> Query {
        """
        any(array(
            select v.issue_id
            from github_sync.github_issue_versions as v
            where v.github_issue_id = any(\(batch.issueKeys.map(\.id)))
        ))
        """
    }

    private static func labels(_ batch: SyncBatch) -> Read<[AttachedRow]> {
        Read(
            """
            select x.issue_id, x.label_id as target_id, x.created_by_id, null::text as name
            from public.issue_labels as x
            where x.deleted_at is null
              and x.issue_id = \(anyIssue(of: batch))
            """
        )
    }

    private static func assignees(_ batch: SyncBatch) -> Read<[AttachedRow]> {
        Read(
            """
            select a.issue_id, a.assignee_id as target_id, a.created_by_id, u.display_name as name
            from public.issue_assignees as a
            inner join public.users as u on u.id = a.assignee_id
            where a.deleted_at is null
              and a.issue_id = \(anyIssue(of: batch))
            """
        )
    }

    /// A label or a person on an issue.
    private struct AttachedRow: RowDecodable {
        let issueID: UUID
        let targetID: UUID
        let attachedBy: UUID?
        let name: String?

        init(row: Row) throws {
            issueID = try row.get("issue_id")
            targetID = try row.get("target_id")
            attachedBy = try row.getIfPresent("created_by_id")
            name = try row.getIfPresent("name")
        }
    }

    /// Reads descriptions that `rows` left out because their source on GitHub did not change.
    ///
    /// If somebody saves one in Plane meanwhile, its issue has another row version than the one that was read before, and
    /// the edit is refused.
    static func descriptions(_ issues: [UUID]) -> Read<[UUID: String]> {
        Read(
            """
            select id, description_html from public.issues where id = any(\(issues))
            """
        ) { rows in
            try rows.reduce(into: [:]) { $0[try $1.get("id")] = try $1.getIfPresent("description_html") }
        }
    }
}
