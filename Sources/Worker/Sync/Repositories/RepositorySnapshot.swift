import Base
import Database
import Foundation
import GitHub
import Queue

/// A repository, as a `repository` event shows it: its name and its owner.
final class RepositorySnapshot: Snapshot {
    typealias Writes = RepositoryWrites

    let origin: Origin
    let updatedAt: Timestamp

    var githubID: Int64 { repository.id }

    /// An event without a time counts as older than any event with one.
    init?(_ payload: Payload, _ effect: Effect, in origin: Origin) {
        guard case .repository(let updatedAt) = payload.content else { return nil }
        self.origin = origin
        self.updatedAt = updatedAt ?? Timestamp(microseconds: 0)
    }

    static let effects: [EventType: [String: Effect]] = [
        .repository: [
            "renamed": .shown, "transferred": .shown,
            "deleted": .ignored("what was synced stays; disconnect ends the connection"),
            "archived": .ignored("what was synced stays"), "unarchived": .ignored("what was synced stays"),
            "created": .ignored("nothing to sync yet"), "edited": .ignored("descriptions and branches are not synced"),
            "publicized": .ignored("visibility is not synced"), "privatized": .ignored("visibility is not synced"),
        ]
    ]

    func plan(isNewer: Bool, in follower: Follower, _ planner: inout Planner) -> Planner.Note? {
        if let stored = planner.world[Self.self][follower.repositorySyncID], version <= stored {
            return Planner.Note(origin, .superseded, .skipped(.older))
        }
        planner.writes[Self.self].names.append(
            RepositoryName(
                repositorySyncID: follower.repositorySyncID,
                version: version,
                fullName: repository.fullName,
                url: repository.url
            )
        )
        return Planner.Note(origin, .applied, .repositoryNamed(repository.fullName))
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
extension RepositorySnapshot {
    static func locks(_ batch: SyncBatch, _ targets: PullTargets) -> [Query] {
        let ids = batch[Self.self].keys.map(\.id)
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

    /// Reads the versions of the names that Plane shows, by connection.
    static func read(_ batch: SyncBatch, _ targets: PullTargets) -> Read<[UUID: ObjectVersion]> {
        let ids = batch[Self.self].keys.map(\.id)
        guard !ids.isEmpty else { return Read(known: [:]) }
        let query: Query = """
            select v.repository_sync_id, v.github_updated_at, v.event_id
            from github_sync.followers(\(ids)) as f
            inner join github_sync.github_repository_versions as v on v.repository_sync_id = f.repository_sync_id
            where v.event_id is not null
            """
        return Read(query) { rows in
            try rows.reduce(into: [:]) { $0[try $1.get("repository_sync_id")] = try ObjectVersion(row: $1) }
        }
    }
}

/// The names and owners that a batch stores in Plane, with the versions that they come from.
struct RepositoryWrites: ObjectWrites {
    var names: [RepositoryName] = []

    func queries(_ histories: [PlaneKey: SecondHistory]) -> [Query] {
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
