import Base
import Database
import Deliveries
import Foundation
import GitHub
import GitHubClient
import Queue
import Sync

/// The object is no longer as it was when it was compared, so it has to be compared again.
struct ObjectChanged: Error {}

/// An object is written again and again: somebody else writes back, and it would never end.
struct WrittenBack: Error {
    let reason: String
    /// Writes to one object within some minutes, and times that it gets the same value within an hour.
    static let (writes, minutes, repetitions) = (10, 10, 3)

    /// `words` are those of what would be sent now, and `repeated` the ones that were sent too often.
    init?(writes: Int, _ words: [String], repeated: [String]) {
        if !repeated.isEmpty {
            let values = repeated.joined(separator: ", ")
            reason = "sent \(Self.repetitions) times within an hour, and changed back: \(values)"
        } else if writes > Self.writes {
            let limit = "more than \(Self.writes) writes in \(Self.minutes) minutes"
            reason = "\(limit): does another tool change it back? Now: \(words.joined(separator: ", "))"
        } else {
            return nil
        }
    }
}

extension Connection {
    /// Stores what is about to be sent, before it is.
    ///
    /// The version row comes before the row in the queue, as where events are synced, so that nobody waits for each other.
    /// `stored` answers whether the object is still as it was when this was decided.
    /// `words` are what is sent in words.
    /// - Throws: `LostClaim`, `ObjectChanged`, `WrittenBack`.
    func intend(_ words: [String], _ stored: Read<Bool>, _ object: OutboundObject, token: UUID) throws {
        try transaction { connection in
            let (isCurrent, _, repeated, writes) = try connection.run(
                stored,
                Self.fence(object, token),
                Self.repeated(words, of: object),
                Self.countWrite(object)
            )
            guard isCurrent else { throw ObjectChanged() }
            if let error = WrittenBack(writes: writes, words, repeated: repeated) { throw error }
            try connection.runAndCommit(.running([]))
        }
    }

    /// Stores what is about to be created, before it is.
    /// - Throws: `LostClaim`.
    func intend(_ creation: Creation, _ object: OutboundObject, token: UUID) throws {
        let stored: Query = """
            update github_sync.github_outbound set creation = \(creation.document)::jsonb where id = \(object.id)
            """
        try transaction { connection in
            try connection.run(Self.fence(object, token))
            try connection.runAndCommit(.running([stored]))
        }
    }

    /// Takes note that nothing was created.
    /// - Throws: `LostClaim`.
    func forgetCreation(_ object: OutboundObject, token: UUID) throws {
        try transaction { connection in
            try connection.run(Self.fence(object, token))
            try connection.runAndCommit(.running([Self.withoutCreation(object)]))
        }
    }

    private static func withoutCreation(_ object: OutboundObject) -> Query {
        "update github_sync.github_outbound set creation = null where id = \(object.id)"
    }

    /// Ends an attempt, and stores what GitHub showed in it; what changed in Plane meanwhile is due again.
    ///
    /// `sent` says in words what was sent, `stored` stores on what both sides turned out to agree, and `adopted` is what
    /// turned out to be the counterpart of an object that was made in Plane, whose other fields follow. A deletion that
    /// was found before its object had a counterpart is judged now.
    /// - Throws: `LostClaim`; `ObjectChanged` when there is an agreement to store that is out of date.
    func finish(
        _ object: OutboundObject,
        _ outcome: Outcome,
        token: UUID,
        sent: [String] = [],
        storing stored: Read<Bool>? = nil,
        shown: Delivery? = nil,
        adopted: MarkedObject? = nil,
        judgesDeletion: Bool = false
    ) throws {
        try transaction { connection in
            if let stored, !(try connection.run(stored)) { throw ObjectChanged() }
            let table: VersionTable = object.kind == .issue ? .issues : .comments
            let adoption = adopted.map { table.adoptions([$0]) } ?? []
            try connection.run(Self.fence(object, token), after: adoption)
            var queries: [Query] = []
            if adopted != nil {
                queries.append(Self.withoutCreation(object))
                if object.kind == .issue { queries.append(Self.enqueueComments(of: object)) }
            }
            if let shown {
                let place = try connection.connections(of: [shown.repositoryID])[shown.repositoryID] ?? .unconnected
                if place != .unconnected {
                    _ = try connection.run(Self.storing([DeliveryRow(shown, repositorySync: place.onlySync)]))
                }
            }
            queries += Self.finishQueries([(object.id, outcome)], token: token, in: .outbound)
            queries.append(Self.dueAgain(object, isNew: adopted != nil))
            if object.mayDelete { queries.append(Self.endApproval(of: object)) }
            if !sent.isEmpty { queries.append(Self.log(sent, of: object)) }
            if judgesDeletion { queries += Self.judgement(of: object) }
            try connection.runAndCommit(.running(queries))
        }
    }

    /// What changed in Plane since the object was claimed has to be compared once more, unless it waits for approval.
    private static func dueAgain(_ object: OutboundObject, isNew: Bool) -> Query {
        """
        update github_sync.github_outbound
        set status = case when approval = 'wanted' then 'failed' else 'pending' end::github_sync.event_status,
            error_message = case when approval = 'wanted' then \(deletionWords) end,
            created_at = changed_at, processed_at = case when approval = 'wanted' then now() end,
            run_at = case when \(isNew) then now() + interval '2 seconds' else changed_at + interval '5 seconds' end
        where id = \(object.id) and status = 'completed'
            and (changed_at > claimed_at or approval = 'wanted' or \(isNew))
        """
    }

    /// An approval is for one deletion: once that is sent, or the object is back, the next one is judged anew.
    private static func endApproval(of object: OutboundObject) -> Query {
        "update github_sync.github_outbound set approval = null where id = \(object.id) and status = 'completed'"
    }

    /// Finds a deletion as a look at everything does, which does not find the same row twice.
    private static func judgement(of object: OutboundObject) -> [Query] {
        func ids(_ kind: PlaneMark.Kind) -> Query { "select unnest(\(object.kind == kind ? [object.planeID] : []))" }
        return [
            "update github_sync.github_outbound set seen = null where id = \(object.id)",
            enqueue(issues: ids(.issue), comments: ids(.comment), of: "{\(object.repositorySyncID.text)}"),
        ]
    }

    private static func log(_ sent: [String], of object: OutboundObject) -> Query {
        """
        insert into github_sync.github_outbound_log (repository_sync_id, kind, plane_id, sent)
        values (\(object.repositorySyncID), \(object.kind), \(object.planeID), \(sent))
        """
    }

    /// Those of the words that were sent just so several times within the last hour, while GitHub shows something else
    /// again.
    ///
    /// Only words with a value can tell, as `title: A` does. Where there is no result yet, a person has just had the
    /// object tried again, and it is sent once more.
    private static func repeated(_ words: [String], of object: OutboundObject) -> Read<[String]> {
        Read(
            """
            select w.word
            from unnest(\(words)) as w (word)
            inner join github_sync.github_outbound as o on o.id = \(object.id) and o.result is not null
            where w.word like '%: %' and (
                select count(*) from github_sync.github_outbound_log as l
                where l.plane_id = o.plane_id and l.repository_sync_id = o.repository_sync_id and l.kind = o.kind
                    and l.sent_at > now() - interval '1 hour' and w.word = any(l.sent)
            ) >= \(WrittenBack.repetitions)
            """
        ) { rows in try rows.map { try $0.get("word") } }
    }

    /// Counts a write, and answers how many there were in the last minutes.
    private static func countWrite(_ object: OutboundObject) -> Read<Int> {
        let isOver: Query = "writes_since < now() - make_interval(mins => \(WrittenBack.minutes)::int)"
        return Read(
            """
            update github_sync.github_outbound
            set writes = case when \(isOver) then 1 else writes + 1 end,
                writes_since = case when \(isOver) then now() else writes_since end
            where id = \(object.id)
            returning writes
            """
        ) { rows in try rows.first?.get("writes") ?? 0 }
    }

    /// The comments of an issue that is on GitHub only now; they were written while there was nothing to compare with.
    private static func enqueueComments(of object: OutboundObject) -> Query {
        """
        insert into github_sync.github_outbound (repository_sync_id, kind, plane_id, run_at)
        select \(object.repositorySyncID), 'comment', c.id, now() + interval '5 seconds'
        from public.issue_comments as c
        where c.issue_id = \(object.planeID) and c.deleted_at is null and c.external_source is distinct from 'github'
        on conflict do nothing
        """
    }

    static func fence(_ object: OutboundObject, _ token: UUID) -> Read<Void> {
        Read(fence([object.id], token: token, in: .outbound)) { rows in
            guard !rows.isEmpty else { throw LostClaim(stillOwned: []) }
        }
    }
}
