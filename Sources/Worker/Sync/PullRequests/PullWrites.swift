import Base
import Database
import Foundation

/// The changes that a batch makes to pull requests: their versions, their references to issues, and the links there.
struct PullWrites: ObjectWrites {
    var versions: [PullVersion] = []
    var newReferences: Set<PullReference> = []
    var oldReferences: Set<PullReference> = []
    /// References, old and new, to issues that did not exist when they were looked for.
    var pending: [PendingReference] = []
    var newLinks: [PullLink] = []
    var retitledLinks: [PullLink] = []
    var deletedLinks: [PullLink] = []
}

struct PullVersion: Sendable, Equatable {
    let key: PlaneKey
    let version: ObjectVersion
    let pull: AppliedPull
}

/// The link from an issue to a pull request.
struct PullLink: Sendable, Equatable {
    let issueID: UUID
    let githubPullID: Int64
    let place: Place
    let bot: UUID
    let title: String
    let url: String
}

/// A reference to an issue that a project does not have yet.
struct PendingReference: Sendable, Equatable {
    let projectID: UUID
    let issue: ScopedNumber
}

extension PullWrites {
    /// Stores the versions of pull requests, their references and their links.
    func queries(_ histories: [PlaneKey: SecondHistory]) -> [Query] {
        var queries = VersionTable.pulls.historyQueries(histories, without: versions.map(\.key))
        if !versions.isEmpty {
            queries.append(
                """
                update github_sync.github_pull_versions as v
                set github_updated_at = n.updated_at, event_id = n.event_id, number = n.number, state = n.state,
                    merged_at = n.merged_at, title = n.title, url = n.url, recent = n.recent
                from unnest(
                    \(versions.map(\.key.repositorySyncID)), \(versions.map(\.key.githubID)),
                    \(versions.map(\.version.updatedAt)), \(versions.map(\.version.eventID)),
                    \(versions.map(\.pull.number)), \(versions.map(\.pull.state)),
                    \(versions.map(\.pull.mergedAt)), \(versions.map(\.pull.title)), \(versions.map(\.pull.url)),
                    \(versions.map { histories[$0.key]?.encoded })
                ) as n (sync_id, github_id, updated_at, event_id, number, state, merged_at, title, url, recent)
                where v.repository_sync_id = n.sync_id and v.github_pull_id = n.github_id
                """
            )
        }
        let old = Array(oldReferences)
        if !old.isEmpty {
            queries.append(
                """
                delete from github_sync.github_pull_references as r
                using unnest(
                    \(old.map(\.pull.repositorySyncID)), \(old.map(\.pull.githubID)), \(old.map(\.issue.scopeID)),
                    \(old.map(\.issue.number))
                ) as o (sync_id, github_id, scope_id, number)
                where r.repository_sync_id = o.sync_id and r.github_pull_id = o.github_id
                  and r.scope_id = o.scope_id and r.number = o.number
                """
            )
        }
        let new = Array(newReferences)
        if !new.isEmpty {
            queries.append(
                """
                insert into github_sync.github_pull_references (
                    repository_sync_id, github_pull_id, scope_id, number, closes
                )
                select * from unnest(
                    \(new.map(\.pull.repositorySyncID)), \(new.map(\.pull.githubID)), \(new.map(\.issue.scopeID)),
                    \(new.map(\.issue.number)), \(new.map(\.closes))
                )
                """
            )
        }
        return queries + linkQueries
    }

    /// Adds, retitles and deletes links; each has a key made of its issue and its pull request, so that it cannot exist
    /// twice.
    private var linkQueries: [Query] {
        var queries: [Query] = []
        let new = newLinks
        if !new.isEmpty {
            queries.append(
                """
                insert into public.issue_links (
                    id, created_at, updated_at, created_by_id, title, url, metadata, issue_id, project_id, workspace_id
                )
                select
                    github_sync.plane_id(issue_id, 'pull', github_id), now(), now(), bot, title, url, '{}', issue_id,
                    project_id, workspace_id
                from unnest(
                    \(new.map(\.issueID)), \(new.map(\.githubPullID)), \(new.map(\.bot)), \(new.map(\.title)),
                    \(new.map(\.url)), \(new.map(\.place.projectID)), \(new.map(\.place.workspaceID))
                ) as n (issue_id, github_id, bot, title, url, project_id, workspace_id)
                on conflict (id) do update
                set title = excluded.title, url = excluded.url, deleted_at = null, updated_at = now()
                """
            )
        }
        let retitled = retitledLinks
        if !retitled.isEmpty {
            queries.append(
                """
                update public.issue_links as l
                set title = n.title, url = n.url, updated_at = now(), updated_by_id = n.bot
                from unnest(
                    \(retitled.map(\.issueID)), \(retitled.map(\.githubPullID)), \(retitled.map(\.bot)),
                    \(retitled.map(\.title)), \(retitled.map(\.url))
                ) as n (issue_id, github_id, bot, title, url)
                where l.id = github_sync.plane_id(n.issue_id, 'pull', n.github_id) and l.deleted_at is null
                """
            )
        }
        let deleted = deletedLinks
        if !deleted.isEmpty {
            queries.append(
                """
                update public.issue_links as l
                set deleted_at = clock_timestamp(), updated_at = now(), updated_by_id = n.bot
                from unnest(
                    \(deleted.map(\.issueID)), \(deleted.map(\.githubPullID)), \(deleted.map(\.bot))
                ) as n (issue_id, github_id, bot)
                where l.id = github_sync.plane_id(n.issue_id, 'pull', n.github_id) and l.deleted_at is null
                """
            )
        }
        return queries
    }
}
