import Base
import Database
import Foundation
import GitHub
import Queue

/// A repository, as a delivery shows it.
struct RepositorySnapshot: Sendable, Equatable {
    let origin: Origin
    let updatedAt: Timestamp?

    /// An event without a time counts as older than any event with one.
    var version: ObjectVersion {
        ObjectVersion(updatedAt: updatedAt ?? Timestamp(microseconds: 0), eventID: origin.eventID)
    }
}

/// The new name and owner of a connection's repository.
struct RepositoryName: Sendable, Equatable {
    let repositorySyncID: UUID
    let version: ObjectVersion
    let fullName: String
    let url: String
}

/// The statements about repositories, whose version rows have the connection alone as their key.
enum RepositoryStatements {
    static func locks(_ batch: SyncBatch) -> [Query] {
        let ids = Set(batch.repositories.map(\.origin.repository.id)).sorted()
        guard !ids.isEmpty else { return [] }
        return [
            """
            insert into github_sync.github_repository_versions (repository_sync_id)
            select repository_sync_id from github_sync.followers(\(ids))
            order by repository_sync_id
            on conflict do nothing
            """,
            """
            select 1 from github_sync.github_repository_versions as v
            where v.repository_sync_id in (select repository_sync_id from github_sync.followers(\(ids)))
            order by v.repository_sync_id
            for update of v
            """,
        ]
    }

    static func read(_ batch: SyncBatch) -> Read<[UUID: ObjectVersion]> {
        guard !batch.repositories.isEmpty else { return Read(known: [:]) }
        let query: Query = """
            select v.repository_sync_id, v.github_updated_at, v.event_id
            from github_sync.followers(\(batch.repositoryIDs)) as f
            inner join github_sync.github_repository_versions as v on v.repository_sync_id = f.repository_sync_id
            where v.event_id is not null
            """
        return Read(query) { rows in
            try rows.reduce(into: [:]) { $0[try $1.get("repository_sync_id")] = try ObjectVersion(row: $1) }
        }
    }

    /// Stores names and owners in Plane, with the versions that they come from.
    static func writes(_ names: [RepositoryName]) -> [Query] {
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

extension Planner {
    /// Decides what a `repository` event changes: the name and the owner.
    mutating func planRepository(_ snapshot: RepositorySnapshot, for follower: Follower) -> Note {
        if let stored = world.repositoryVersions[follower.repositorySyncID], snapshot.version <= stored {
            return Note(snapshot.origin, .superseded, .skipped(.older))
        }
        let repository = snapshot.origin.repository
        writes.repositories.append(
            RepositoryName(
                repositorySyncID: follower.repositorySyncID,
                version: snapshot.version,
                fullName: repository.fullName,
                url: repository.url
            )
        )
        return Note(snapshot.origin, .applied, .repositoryNamed(repository.fullName))
    }
}
