import Database
import Foundation
import GitHub

/// A delivery with the place in Plane that it goes to.
package struct DeliveryRow: Sendable {
    package let delivery: Delivery
    /// Nil when several projects follow the repository.
    let repositorySync: UUID?

    package init(_ delivery: Delivery, repositorySync: UUID?) {
        self.delivery = delivery
        self.repositorySync = repositorySync
    }
}

/// Whether Plane's projects follow a repository.
package enum RepositoryConnection: Sendable, Equatable {
    case unconnected
    /// The github_repository_syncs row of the only project that follows it.
    case one(UUID)
    case several

    package var onlySync: UUID? {
        guard case .one(let sync) = self else { return nil }
        return sync
    }
}

extension Connection {
    /// How the given repositories are connected; those that no project follows are in the answer too.
    package func connections(
        of repositories: Set<Int64>,
        within limit: Duration? = nil
    ) throws -> [Int64: RepositoryConnection] {
        let rows = try run(
            """
            select r.repository_id, count(*) as syncs, min(s.id::text)::uuid as sync_id
            from public.github_repositories as r
            join public.github_repository_syncs as s on s.repository_id = r.id and s.deleted_at is null
            where r.deleted_at is null and r.repository_id = any(\(Array(repositories)))
            group by r.repository_id
            """,
            within: limit
        )
        let unconnected = repositories.map { ($0, RepositoryConnection.unconnected) }
        return try rows.reduce(into: Dictionary(uniqueKeysWithValues: unconnected)) { found, row in
            let count: Int = try row.get("syncs")
            found[try row.get("repository_id")] = count == 1 ? .one(try row.get("sync_id")) : .several
        }
    }

    /// Stores deliveries and commits; for the answer see `storing`.
    package func store(_ rows: [DeliveryRow]) throws -> [String: UUID] {
        // The row's own result comes before the commit, which may still fail: only COMMIT's answer counts.
        try transaction { connection in
            try connection.runAndCommit(Self.storing(rows), after: [Self.settings])
        }
    }

    /// Stores deliveries.
    ///
    /// A failed delivery that comes again is pending once more, with fresh retries. A row with our own id is left
    /// alone: it is there because an earlier attempt did commit, and only its answer was lost.
    ///
    /// The answer has, by delivery id, the ids of the rows that were written; those that were there already are missing.
    package static func storing(_ rows: [DeliveryRow]) -> Read<[String: UUID]> {
        // Two writers with the same deliveries would deadlock if each went in its own order.
        let rows = rows.sorted { $0.delivery.deliveryID < $1.delivery.deliveryID }
        let insert: Query = """
            insert into github_sync.github_webhook_events as stored (
                id, delivery_id, event_type, action,
                repository_id, repository_name, repository_sync_id, payload,
                subject_number, subject_changed_at, sender_login
            )
            select * from unnest(
                \(rows.map(\.delivery.id)), \(rows.map(\.delivery.deliveryID)),
                \(rows.map(\.delivery.event)), \(rows.map(\.delivery.action)),
                \(rows.map(\.delivery.repositoryID)), \(rows.map(\.delivery.repositoryName)),
                \(rows.map(\.repositorySync)), \(rows.map(\.delivery.payload)),
                \(rows.map(\.delivery.subject.number)), \(rows.map(\.delivery.subject.changedAt)),
                \(rows.map(\.delivery.subject.sender))
            )
            on conflict (delivery_id) do update
            set status = 'pending', retry_count = 0, crash_count = 0, run_at = now(),
                error_message = null, processed_at = null, replayed_at = now(), updated_at = now()
            where stored.status = 'failed' and stored.id <> excluded.id
            returning delivery_id, id
            """
        return Read(insert, Self.idsByDelivery)
    }

    /// What a transaction that stores deliveries sets for itself.
    ///
    /// `synchronous_commit`: a delivery is accepted only once it is on the server's disk, whatever the role or the database
    /// is set to. Every value but `off` waits for the disk at least, and the operator may choose among them.
    /// `lock_timeout`: a row that another session holds must not hold up all that is stored with it.
    private static let settings: Query = """
        select
            set_config('lock_timeout', '500ms', true),
            case current_setting('synchronous_commit') when 'off' then set_config('synchronous_commit', 'on', true) end
        """

    /// Of these delivery ids, those whose rows another session holds now.
    package func held(_ deliveries: [String]) throws -> Set<String> {
        let query: Query = """
            with free as materialized (
                select id from github_sync.github_webhook_events
                where delivery_id = any(\(deliveries))
                for no key update skip locked
            )
            select delivery_id from github_sync.github_webhook_events
            where delivery_id = any(\(deliveries)) and id not in (select id from free)
            """
        let read = Read(query) { rows in Set(try rows.map { try $0.get("delivery_id", as: String.self) }) }
        return try transaction { connection in try connection.runAndCommit(read, after: [Self.settings]) }
    }

    /// Whether a commit of this role, as it is set up, may be lost in a crash of the server.
    package func commitsWithoutWaiting() throws -> Bool {
        try run("select current_setting('synchronous_commit') = 'off' as is_off", within: .seconds(2))[0].get("is_off")
    }

    /// The ids of the rows that hold these deliveries.
    package func storedIDs(of deliveries: [String]) throws -> [String: UUID] {
        let query: Query = """
            select delivery_id, id from github_sync.github_webhook_events
            where delivery_id = any(\(deliveries))
            """
        return try run(Read(query, Self.idsByDelivery))
    }

    @Sendable private static func idsByDelivery(_ rows: [Row]) throws -> [String: UUID] {
        try rows.reduce(into: [:]) { ids, row in ids[try row.get("delivery_id")] = try row.get("id") }
    }
}
