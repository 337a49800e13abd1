import Base
import Database
import Foundation

/// An event as a test puts it into the queue.
struct CommandsSeed: Sendable {
    private static let ids = EventIDGenerator()

    var id = UUID()
    var delivery = UUID().text
    var type = EventType.issues
    var action: String? = "opened"
    var status = EventStatus.pending
    var repository = "octocat/hello"
    var repositoryID: Int64 = 1_296_269
    /// Of the issue or pull request that it is about.
    var number: Int64?
    /// When that was changed, by GitHub's clock.
    var changedAt: String?
    /// The GitHub login of whoever caused it.
    var sender: String?
    var payload = #"{"action":"opened"}"#
    var error: String?
    var result: String?

    /// - Parameter age: seconds since it was received.
    let received: Date

    init(age: Double = 0) {
        received = Date(timeIntervalSinceNow: -age)
        // The generator never goes back, so an older event has its id made from its own time alone.
        id = age == 0 ? Self.ids.next() : EventIDGenerator().next(at: received)
    }
}

extension Connection {
    func insert(_ seeds: CommandsSeed...) throws { try insert(seeds) }

    func insert(_ seeds: [CommandsSeed]) throws {
        try transaction { connection in
            for seed in seeds { try connection.insert(one: seed) }
        }
    }

    private func insert(one seed: CommandsSeed) throws {
        let received = Timestamp(microseconds: Int64(seed.received.timeIntervalSince1970 * 1_000_000))
        let isProcessing = seed.status == .processing
        let isFinished = seed.status == .completed || seed.status == .failed
        try run(
            """
            insert into github_sync.github_webhook_events (
                id, delivery_id, event_type, action, status, repository_id, repository_name, payload, created_at,
                updated_at, error_message, result, retry_count, crash_count, claim_token, claimed_by, lease_until,
                claimed_at, processed_at, subject_number, subject_changed_at, sender_login
            )
            values (
                \(seed.id), \(seed.delivery), \(seed.type), \(seed.action),
                \(seed.status)::github_sync.event_status, \(seed.repositoryID), \(seed.repository),
                \(JSONText(Array(seed.payload.utf8))), \(received), \(received), \(seed.error), \(seed.result)::jsonb,
                case when \(isFinished) then 3 else 0 end, case when \(isFinished) then 1 else 0 end,
                case when \(isProcessing) then gen_random_uuid() end, case when \(isProcessing) then 'w1' end,
                case when \(isProcessing) then now() + interval '1 minute' end,
                case when \(isProcessing || isFinished) then \(received) + interval '250 milliseconds' end,
                case when \(isFinished) then \(received) + interval '500 milliseconds' end, \(seed.number),
                \(seed.changedAt)::text::timestamptz, \(seed.sender)
            )
            """
        )
    }

    func status(of id: UUID) throws -> EventStatus {
        try run("select status from github_sync.github_webhook_events where id = \(id)")[0].get("status")
    }

    func count(_ status: EventStatus) throws -> Int {
        try run(
            """
            select count(*) as n from github_sync.github_webhook_events
            where status = \(status)::github_sync.event_status
            """
        )[0].get("n")
    }
}
