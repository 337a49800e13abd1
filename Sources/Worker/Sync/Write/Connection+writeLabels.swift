import Base
import Database
import Foundation

extension Connection {
    /// Locks the names of labels that a project lacks, then what `label` events showed of them: what is read after it
    /// shows what another worker made under such a name, and no such event passes by unseen.
    ///
    /// A lock for each name, because no unique index knows names that differ in case.
    static func newLabelLocks(_ new: [NewLabel]) -> [Query] {
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

    /// Makes labels a project lacks; one of that name that a Plane user made meanwhile is as good.
    static func newLabels(_ new: [NewLabel]) -> Query {
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

    /// What `label` events said, and which of Plane's labels stand for which of GitHub's.
    static func labelVersionQueries(_ changes: Changes) -> [Query] {
        var queries: [Query] = []
        let seen = changes.labelVersions
        if !seen.isEmpty {
            queries.append(
                """
                update github_sync.github_label_versions as v
                set event_id = n.event_id, name = n.name, color = n.color, description = n.description,
                    deleted_at = case when n.is_gone then now() end
                from unnest(
                    \(seen.map(\.key.repositorySyncID)), \(seen.map(\.key.githubID)), \(seen.map(\.eventID)),
                    \(seen.map(\.name)), \(seen.map(\.color)), \(seen.map(\.description)), \(seen.map(\.isGone))
                ) as n (sync_id, github_id, event_id, name, color, description, is_gone)
                where v.repository_sync_id = n.sync_id and v.github_label_id = n.github_id
                """
            )
        }
        let mappings = changes.labelMappings.sorted {
            ($0.key.repositorySyncID, $0.key.githubID) < ($1.key.repositorySyncID, $1.key.githubID)
        }
        if !mappings.isEmpty {
            queries.append(
                """
                insert into github_sync.github_label_versions (repository_sync_id, github_label_id, label_id)
                select * from unnest(
                    \(mappings.map(\.key.repositorySyncID)), \(mappings.map(\.key.githubID)), \(mappings.map(\.value))
                )
                on conflict (repository_sync_id, github_label_id) do update set label_id = excluded.label_id
                """
            )
        }
        return queries + goneLabelQueries(changes.goneLabels)
    }

    /// Labels that were renamed, recoloured or deleted on GitHub; a deleted one comes off its issues, as in Plane.
    static func labelEditQueries(_ changes: Changes) -> [Query] {
        var queries: [Query] = []
        let edits = changes.labelEdits
        if !edits.isEmpty {
            queries.append(
                """
                update public.labels as l
                set name = coalesce(n.name, l.name), color = coalesce(n.color, l.color),
                    description = coalesce(n.description, l.description), updated_at = now(), updated_by_id = n.bot
                from unnest(
                    \(edits.map(\.id)), \(edits.map(\.name)), \(edits.map(\.color)), \(edits.map(\.description)),
                    \(edits.map(\.bot))
                ) as n (id, name, color, description, bot)
                where l.id = n.id
                """
            )
        }
        let deleted = changes.deletedLabels
        if !deleted.isEmpty {
            queries += [
                """
                update public.labels as l
                set deleted_at = clock_timestamp(), updated_at = now(), updated_by_id = n.bot
                from unnest(\(deleted.map(\.id)), \(deleted.map(\.bot))) as n (id, bot)
                where l.id = n.id and l.deleted_at is null
                """,
                """
                update public.issue_labels as x
                set deleted_at = clock_timestamp(), updated_at = now(), updated_by_id = n.bot
                from unnest(\(deleted.map(\.id)), \(deleted.map(\.bot))) as n (id, bot)
                where x.label_id = n.id and x.deleted_at is null
                """,
            ]
        }
        return queries
    }

    /// A label that GitHub deleted comes off the issues that have it from GitHub, also where Plane's label stays because
    /// others use it: a snapshot that is worked on after the deletion would not attach it either.
    ///
    /// Unless the issue has it for another of GitHub's labels, too.
    private static func goneLabelQueries(_ gone: [GoneLabel]) -> [Query] {
        guard !gone.isEmpty else { return [] }
        return [
            """
            update public.issue_labels as x
            set deleted_at = clock_timestamp(), updated_at = now(), updated_by_id = n.bot
            from unnest(
                \(gone.map(\.key.repositorySyncID)), \(gone.map { String($0.key.githubID) }), \(gone.map(\.labelID)),
                \(gone.map(\.bot))
            ) as n (sync_id, github_id, label_id, bot)
            where x.label_id = n.label_id and x.deleted_at is null and x.created_by_id = n.bot
                and exists (
                    select from public.github_issue_syncs as g
                    inner join github_sync.github_issue_versions as v
                        on v.github_issue_id = g.github_issue_id and v.repository_sync_id = g.repository_sync_id
                    where g.issue_id = x.issue_id and g.deleted_at is null and g.repository_sync_id = n.sync_id
                        and v.labels ->> n.github_id = n.label_id::text
                        and not exists (
                            select from jsonb_each_text(v.labels) as other (github_id, label_id)
                            left join github_sync.github_label_versions as l
                                on l.repository_sync_id = v.repository_sync_id
                                and l.github_label_id = other.github_id::bigint
                            where other.label_id = n.label_id::text and l.deleted_at is null
                                and other.github_id <> n.github_id
                        )
                )
            """
        ]
    }

    /// Names of repositories, in all that Plane shows of them.
    static func repositoryQueries(_ names: [RepositoryName]) -> [Query] {
        guard !names.isEmpty else { return [] }
        let parts = names.map { $0.fullName.split(separator: "/", maxSplits: 1).map(String.init) }
        return [
            """
            update github_sync.github_repository_versions as v
            set github_updated_at = n.updated_at, event_id = n.event_id
            from unnest(
                \(names.map(\.repositorySyncID)), \(names.map(\.version.updatedAt)), \(names.map(\.version.eventID))
            ) as n (sync_id, updated_at, event_id)
            where v.repository_sync_id = n.sync_id
            """,
            """
            update public.github_repositories as r
            set owner = n.owner, name = n.name, url = n.url, updated_at = now()
            from unnest(
                \(names.map(\.repositorySyncID)), \(parts.map { $0.first ?? "" }), \(parts.map { $0.last ?? "" }),
                \(names.map(\.url))
            ) as n (sync_id, owner, name, url)
            inner join public.github_repository_syncs as s on s.id = n.sync_id
            where r.id = s.repository_id and (r.owner, r.name) is distinct from (n.owner, n.name)
            """,
        ]
    }
}

extension NewLabel {
    /// Of the advisory locks that are held while a label is made in its project: for the name that is looked for and the
    /// one it gets.
    fileprivate var lockKeys: [Int64] {
        [wantedName, name].map { sha256Number("label \(place.projectID.text) \(LabelName($0).text)") }
    }
}
