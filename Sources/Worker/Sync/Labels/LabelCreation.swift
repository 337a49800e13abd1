import Base
import Database
import Foundation

extension NewLabel {
    /// Locks the names of labels that a project lacks, and then the version rows of these labels.
    ///
    /// Later reads then show every label that another worker created under such a name, and every `label` event about
    /// it. The names take advisory locks, because no unique index finds names equal that differ in case.
    static func locks(_ new: [NewLabel]) -> [Query] {
        let known = new.compactMap { label in label.githubID.map { (label, $0) } }
            .sorted { ($0.0.repositorySyncID, $0.1) < ($1.0.repositorySyncID, $1.1) }
        return [
            """
            select pg_advisory_xact_lock(n.key)
            from (select key from unnest(\(Set(new.flatMap(\.lockKeys)).sorted())) as u (key) order by key) as n
            """,
            """
            insert into github_sync.github_label_versions (
                repository_sync_id, github_label_id, name, color, description
            )
            select * from unnest(
                \(known.map(\.0.repositorySyncID)), \(known.map(\.1)), \(known.map(\.0.name)), \(known.map(\.0.color)),
                \(known.map(\.0.description))
            )
            on conflict do nothing
            """,
            """
            select 1 from github_sync.github_label_versions as v
            where (v.repository_sync_id, v.github_label_id) in (
                select * from unnest(\(known.map(\.0.repositorySyncID)), \(known.map(\.1)))
            )
            order by v.repository_sync_id, v.github_label_id
            for update
            """,
        ]
    }

    /// Creates labels that a project lacks; a label of the same name that a Plane user created meanwhile will do as
    /// well.
    static func insertion(of new: [NewLabel]) -> Query {
        """
        insert into public.labels (
            id, created_at, updated_at, created_by_id, name, description, color, sort_order, external_source,
            external_id, project_id, workspace_id
        )
        select
            gen_random_uuid(), now(), now(), n.bot, n.name, n.description, n.color,
            coalesce(
                (
                    select max(sort_order) from public.labels as l
                    where l.project_id = n.project_id and l.deleted_at is null
                ),
                55535
            ) + 10000 * row_number() over (partition by n.project_id order by n.position),
            case when n.github_id is not null then 'github' end, n.github_id::text, n.project_id, n.workspace_id
        from unnest(
            \(new.map(\.bot)), \(new.map(\.name)), \(new.map(\.description)), \(new.map(\.color)),
            \(new.map(\.githubID)), \(new.map(\.place.projectID)), \(new.map(\.place.workspaceID))
        ) with ordinality as n (bot, name, description, color, github_id, project_id, workspace_id, position)
        order by n.position
        on conflict (project_id, name) where project_id is not null and deleted_at is null do nothing
        """
    }

    /// The keys of the advisory locks that are held while the label is created in its project.
    ///
    /// One is for the name that is looked for, the other for the name that the label gets.
    private var lockKeys: [Int64] {
        [wantedName, name].map { sha256Number("label \(place.projectID.text) \(LabelName($0).text)") }
    }
}
