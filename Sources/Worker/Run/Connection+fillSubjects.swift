import Database
import Foundation
import GitHub

extension Connection {
    /// Fills in what events are about that programs before this one stored, newest first, until `end` at the latest.
    ///
    /// Once nothing is left this is a look at an empty index. One payload at a time is in memory. A row that somebody
    /// else has locked waits for the next round.
    /// - Returns: how many events were filled in.
    @discardableResult
    func fillSubjects(portion: Int = 50, until end: ContinuousClock.Instant) throws -> Int {
        var (filled, last): (Int, UUID?) = (0, nil)
        repeat {
            let events = try unfilled(before: last, limit: portion)
            guard let first = events.last else { break }
            let subjects = try events.map { event in
                let body: [JSONText] = try run(
                    "select payload from github_sync.github_webhook_events where id = \(event.id)"
                ).map { try $0.get("payload") }
                return DeliverySubject(of: body.first?.bytes ?? [], event: event.type)
            }
            filled += try fill(Array(zip(events.map(\.id), subjects)))
            last = first.id
        } while ContinuousClock.now < end
        return filled
    }

    private func unfilled(before last: UUID?, limit: Int) throws -> [(id: UUID, type: String)] {
        try run(
            """
            select id, event_type from github_sync.github_webhook_events
            where sender_login is null and (\(last) is null or id < \(last))
            order by id desc
            limit \(limit)
            """
        ).map { (try $0.get("id"), try $0.get("event_type")) }
    }

    private func fill(_ subjects: [(id: UUID, subject: DeliverySubject)]) throws -> Int {
        let ids = subjects.map(\.id)
        return try run(
            """
            with free as materialized (
                select id from github_sync.github_webhook_events
                where id = any(\(ids)) and sender_login is null
                order by id
                for no key update skip locked
            )
            update github_sync.github_webhook_events as e
            set subject_number = n.number, subject_changed_at = n.changed_at, sender_login = n.sender
            from free
            inner join unnest(
                \(ids), \(subjects.map(\.subject.number)), \(subjects.map(\.subject.changedAt)),
                \(subjects.map(\.subject.sender))
            ) as n (id, number, changed_at, sender) on n.id = free.id
            where e.id = free.id
            returning e.id
            """
        ).count
    }
}
