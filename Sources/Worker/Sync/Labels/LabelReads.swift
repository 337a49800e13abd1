import Database
import Foundation

extension KnownLabels {
    /// `more` are names to look for, besides those that the batch wants.
    static func read(_ batch: SyncBatch, named more: [String] = []) -> Read<KnownLabels> {
        Read.all(projects(batch, named: more), versions(batch), targets(batch)).map { projects, versions, targets in
            KnownLabels(projects: projects, versions: versions, targets: targets)
        }
    }

    /// Reads the labels that the batch may need, the oldest first.
    ///
    /// These are the labels with a name or GitHub id of the batch, with a name that settings or `more` want, and those
    /// that the batch's issues carry.
    ///
    /// `LabelName` compares names without regard to case; PostgreSQL only offers candidates. These are the labels with
    /// a wanted ASCII name in lower case and, as soon as one wanted name has other characters, all labels whose names
    /// have some.
    private static func projects(_ batch: SyncBatch, named more: [String]) -> Read<[UUID: ProjectLabels]> {
        Read(
            """
            with followed as materialized (
                select f.repository_sync_id, f.repository_id, f.project_id, s.settings
                from github_sync.followers(\(batch.repositoryIDs)) as f
                left join github_sync.github_sync_settings as s on s.repository_sync_id = f.repository_sync_id
            ), wanted as materialized (
                select lower(u.name collate "C") as name
                from unnest(\(Set(batch.labelNames + more.map(LabelName.init)).map(\.text).sorted())) as u (name)
                union
                select lower(w.name collate "C")
                from followed as f
                cross join lateral (
                    select value as name from jsonb_each_text(coalesce(f.settings -> 'labels', '{}'))
                    union all
                    select jsonb_array_elements_text(coalesce(f.settings #> '{new_issues,labels}', '[]'))
                    union all
                    select rule ->> 'to' from jsonb_array_elements(coalesce(f.settings -> 'transform', '[]')) as rule
                    where rule ->> 'set' = 'label'
                ) as w
                where f.settings is not null
            )
            select l.project_id, l.id, l.name, case when l.external_source = 'github' then l.external_id end as external_id
            from public.labels as l
            where l.project_id in (select project_id from followed)
              and l.deleted_at is null
              and (
                  lower(l.name collate "C") in (select name from wanted)
                  or (
                      octet_length(l.name) <> char_length(l.name)
                      and exists (select from wanted where octet_length(name) <> char_length(name))
                  )
                  or (l.external_source = 'github' and l.external_id = any(\(batch.labelKeys.map { String($0.id) })))
                  or l.id in (
                      select v.label_id
                      from followed as f
                      inner join unnest(\(batch.labelKeys.map(\.repositoryID)), \(batch.labelKeys.map(\.id)))
                          as o (repository_id, github_id) on o.repository_id = f.repository_id
                      inner join github_sync.github_label_versions as v
                          on v.repository_sync_id = f.repository_sync_id and v.github_label_id = o.github_id
                  )
                  or l.id in (
                      select x.label_id
                      from public.issue_labels as x
                      where x.deleted_at is null
                        and x.issue_id = \(KnownIssues.anyIssue(of: batch))
                  )
              )
            order by l.created_at, l.id
            """
        ) { rows in
            try rows.reduce(into: [:]) { labels, row in
                let label = ProjectLabels.Label(id: try row.get("id"), name: try row.get("name"))
                // Anybody may write this column through Plane's API; a value that is no number is not GitHub's.
                let githubID = try row.getIfPresent("external_id", as: String.self).flatMap { Int64($0) }
                labels[try row.get("project_id"), default: ProjectLabels()].add(label, githubID: githubID)
            }
        }
    }

    private static func versions(_ batch: SyncBatch) -> Read<[PlaneKey: LabelVersion]> {
        Read(
            """
            select
                v.repository_sync_id, v.github_label_id, v.label_id, v.event_id, v.name, v.color, v.description,
                v.deleted_at is not null as is_gone
            from \(VersionTable.objects(batch.labelKeys))
            inner join github_sync.github_label_versions as v
                on v.repository_sync_id = f.repository_sync_id and v.github_label_id = o.github_id
            """
        ) { rows in
            try rows.reduce(into: [:]) { versions, row in
                versions[try PlaneKey(row, githubID: "github_label_id")] = try LabelVersion(row: row)
            }
        }
    }

    /// Reads the labels in Plane that the batch's `label` events are about.
    private static func targets(_ batch: SyncBatch) -> Read<[PlaneKey: LabelTarget]> {
        let keys = batch[LabelSnapshot.self].keys
        guard !keys.isEmpty else { return Read(known: [:]) }
        let query: Query = """
            select
                f.repository_sync_id, o.github_id, l.id, l.name, l.color, l.description,
                coalesce(l.external_source = 'github' and l.external_id = o.github_id::text, false) as is_ours,
                exists (
                    select from github_sync.github_label_versions as other
                    where other.label_id = l.id
                      and (other.repository_sync_id, other.github_label_id) <> (f.repository_sync_id, o.github_id)
                ) as stands_for_another,
                exists (
                    select from public.issue_labels as x
                    where x.label_id = l.id and x.deleted_at is null and x.created_by_id is distinct from f.bot_id
                ) as is_used_in_plane
            from \(VersionTable.objects(keys))
            left join github_sync.github_label_versions as v
                on v.repository_sync_id = f.repository_sync_id and v.github_label_id = o.github_id
            inner join public.labels as l
                on l.project_id = f.project_id and l.deleted_at is null
                and (
                    l.id = v.label_id
                    or (v.label_id is null and l.external_source = 'github' and l.external_id = o.github_id::text)
                )
            """
        return Read(query) { rows in
            try rows.reduce(into: [:]) { targets, row in
                targets[try PlaneKey(row, githubID: "github_id")] = try LabelTarget(row: row)
            }
        }
    }
}

extension LabelVersion: RowDecodable {
    init(row: Row) throws {
        labelID = try row.getIfPresent("label_id")
        eventID = try row.getIfPresent("event_id")
        name = try row.getIfPresent("name")
        color = try row.getIfPresent("color")
        description = try row.getIfPresent("description")
        isGone = try row.get("is_gone")
    }
}

extension LabelTarget: RowDecodable {
    init(row: Row) throws {
        id = try row.get("id")
        name = try row.get("name")
        color = try row.get("color")
        description = try row.get("description")
        isOurs = try row.get("is_ours")
        standsForAnother = try row.get("stands_for_another")
        isUsedInPlane = try row.get("is_used_in_plane")
    }
}
