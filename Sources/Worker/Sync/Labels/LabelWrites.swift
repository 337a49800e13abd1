import Base
import Database
import Foundation

/// The changes that a batch makes to labels, besides attaching them to issues.
struct LabelWrites: ObjectWrites {
    var versions: [LabelEventVersion] = []
    /// The label in Plane that stands for each GitHub label.
    var mappings: [PlaneKey: UUID] = [:]
    var edited: [LabelEdit] = []
    var deleted: [LabelEdit] = []
    var gone: [GoneLabel] = []
}

/// A label as a `label` event showed it.
struct LabelEventVersion: Sendable, Equatable {
    let key: PlaneKey
    let eventID: UUID
    let name: String
    let color: String
    let description: String
    let isGone: Bool
}

/// Nil fields stay as they are.
struct LabelEdit: Sendable, Equatable {
    let id: UUID
    let bot: UUID
    var name: String?
    var color: String?
    var description: String?
}

/// A label that GitHub deleted and whose label in Plane stays.
struct GoneLabel: Sendable, Equatable {
    let key: PlaneKey
    let labelID: UUID
    let bot: UUID
}

extension LabelWrites {
    func queries(_ histories: [PlaneKey: SecondHistory]) -> [Query] { labelQueries + versionQueries }

    /// Renames, recolours, describes and deletes labels; a deleted label comes off its issues, as in Plane.
    private var labelQueries: [Query] {
        var queries: [Query] = []
        let edits = edited
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

    /// Stores what `label` events showed, and which of Plane's labels stand for GitHub's.
    private var versionQueries: [Query] {
        var queries: [Query] = []
        let versions = self.versions
        if !versions.isEmpty {
            queries.append(
                """
                update github_sync.github_label_versions as v
                set event_id = n.event_id, name = n.name, color = n.color, description = n.description,
                    deleted_at = case when n.is_gone then now() end
                from unnest(
                    \(versions.map(\.key.repositorySyncID)), \(versions.map(\.key.githubID)), \(versions.map(\.eventID)),
                    \(versions.map(\.name)), \(versions.map(\.color)), \(versions.map(\.description)), \(versions.map(\.isGone))
                ) as n (sync_id, github_id, event_id, name, color, description, is_gone)
                where v.repository_sync_id = n.sync_id and v.github_label_id = n.github_id
                """
            )
        }
        let mappings = self.mappings.sorted { $0.key < $1.key }
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
        return queries + Self.goneLabelQueries(gone)
    }

    /// Takes labels that GitHub deleted off the issues that have them from GitHub.
    ///
    /// This also holds where Plane's label stays because others use it: a snapshot that is processed after the deletion
    /// would not attach the label either. An issue keeps it if it also stands for another GitHub label of the issue.
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
}
