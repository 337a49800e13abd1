import Database
import Foundation
import Queue

extension Connection {
    /// Failed events that pass the filter, counted by type and repository.
    package func failedCounts(_ filter: EventFilter) throws -> [(type: String, repository: String, count: Int)] {
        try run(
            """
            select event_type, coalesce(repository_name, '') as repository, count(*) as events
            from github_sync.github_webhook_events
            where \(filter.failed)
            group by 1, 2
            order by 3 desc, 1, 2
            """
        ).map { (try $0.get("event_type"), try $0.get("repository"), try $0.get("events")) }
    }

    /// Makes up to `limit` failed events that pass the filter pending again, in the order of ids after `last`.
    ///
    /// An event that somebody else has locked is passed over, for the reason given below.
    /// - Returns: the ids of the events that are pending now.
    package func replay(
        _ filter: EventFilter,
        after last: UUID?,
        limit: Int,
        by person: Operator
    ) throws -> [UUID] {
        try transaction { connection in
            let ids: [UUID] = try connection.run(
                """
                select id
                from github_sync.github_webhook_events
                where \(filter.failed) and (\(last) is null or id > \(last))
                order by id
                limit \(limit)
                for update skip locked
                """
            ).map { try $0.get("id") }
            _ = try connection.replay(ids, completedToo: false, by: person, detail: filter.words)
            return ids
        }
    }

    /// Makes finished events pending again, with all their retries, and says how many.
    ///
    /// An event that a redelivery or another replay has locked is passed over: waiting for it could deadlock, and it
    /// will be pending anyway. An event that a worker has claimed is no longer finished, so this breaks no claim.
    /// Who had it done is written down with it.
    package func replay(
        _ ids: [UUID],
        completedToo: Bool,
        by person: Operator,
        detail: String? = nil
    ) throws -> Int {
        try run(
            """
            with finished as (
                select id
                from github_sync.github_webhook_events
                where id = any(\(ids)) and (status = 'failed' or (status = 'completed' and \(completedToo)))
                order by id
                for update skip locked
            ), replayed as (
                update github_sync.github_webhook_events as event
                set \(QueueTable.events.replayed)
                from finished
                where event.id = finished.id
                returning event.id
            ), \(Query.noting("replay", by: person, rows: "replayed", detail: detail))
            select id from replayed
            """
        ).count
    }
}

extension EventFilter {
    /// The condition on failed events that pass the filter; the word is there for the partial index.
    fileprivate var failed: Query {
        var filter = self
        filter.status = .failed
        return "status = 'failed' and \(filter.condition)"
    }
}
