import Foundation
import TestSupport

@testable import Base
@testable import Database
@testable import Queue
@testable import Run
@testable import Worker

/// A queue and a worker's slot on a database of their own, driven step by step.
struct SyncBench: Sendable {
    let database: TestDatabase
    let connection: Connection
    let ids = EventIDGenerator()
    let log = Log(level: .error)

    /// Runs `body` with the rocket repository connected to the demo project, then checks Plane's rules.
    static func with(checksRules: Bool = true, _ body: @Sendable (SyncBench) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let bench = SyncBench(database: database, connection: database.connection())
            let rocket = SampleRepository.rocket
            _ = try await bench.connection.connectRepository(rocket.id, rocket.fullName)
            try await body(bench)
            guard checksRules else { return }
            let broken = try await bench.connection.brokenRules()
            guard broken.isEmpty else { throw BrokenRules(rules: broken) }
        }
    }

    /// Stores a delivery as ingest does.
    @discardableResult
    func deliver(_ payload: [UInt8], _ event: EventType = .issues) async throws -> UUID {
        let id = ids.next()
        try await connection.insertEvent(id, event, payload)
        return id
    }

    /// Claims and works until nothing is due.
    /// - Returns: how often a transaction was run again because of what it met.
    @discardableResult
    func drain(batch: Int = 64) async throws -> Int {
        let metrics = WorkerMetrics(
            leases: Leases(lease: .seconds(60), timeLimit: .seconds(300)),
            slots: 1,
            queue: QueueGauges(connection.config)
        )
        let worker = BatchWorker(
            connection: connection,
            retries: RetryPolicy(maxRetries: 3, backoff: .seconds(15)),
            metrics: metrics,
            log: log
        )
        while true {
            let claim = try await connection.claim(limit: batch, worker: "test", lease: .seconds(60), maxRetries: 3)
            if claim.events.isEmpty { return metrics.conflicts.value }
            await worker.work(on: claim)
        }
    }

    func event(_ id: UUID) async throws -> StoredEvent { try await connection.storedEvent(id) }
    func issues() async throws -> [StoredIssue] { try await connection.storedIssues() }
    func comments() async throws -> [StoredComment] { try await connection.storedComments() }
}

struct BrokenRules: Error, CustomStringConvertible {
    let rules: [String]
    var description: String { rules.joined(separator: "\n") }
}

/// An event as an operator sees it.
struct StoredEvent: RowDecodable, Equatable {
    let status: EventStatus
    let result: String?
    let error: String?
    let retries: Int

    init(row: Row) throws {
        status = try row.get("status")
        result = try row.getIfPresent("result")
        error = try row.getIfPresent("error_message")
        retries = try row.get("retry_count")
    }
}

/// A live issue as Plane's users see it.
struct StoredIssue: RowDecodable, Equatable {
    let number: Int
    let name: String
    let html: String
    let state: String
    let completedAt: Timestamp?
    let labels: [String]
    let assignees: [String]

    init(row: Row) throws {
        number = try row.get("sequence_id")
        name = try row.get("name")
        html = try row.get("description_html")
        state = try row.get("state")
        completedAt = try row.getIfPresent("completed_at")
        labels = try row.getJSON("labels")
        assignees = try row.getJSON("assignees")
    }
}

struct StoredComment: RowDecodable, Equatable {
    let issue: Int
    let html: String
    let author: String
    let editedAt: Timestamp?

    init(row: Row) throws {
        issue = try row.get("sequence_id")
        html = try row.get("comment_html")
        author = try row.get("author")
        editedAt = try row.getIfPresent("edited_at")
    }
}

extension Connection {
    fileprivate func insertEvent(_ id: UUID, _ event: EventType, _ payload: [UInt8]) throws {
        try run(
            """
            insert into github_sync.github_webhook_events (id, delivery_id, event_type, payload)
            values (\(id), \(id.text), \(event), \(JSONText(payload)))
            """
        )
    }

    fileprivate func storedEvent(_ id: UUID) throws -> StoredEvent {
        try run(
            """
            select status, result, error_message, retry_count
            from github_sync.github_webhook_events where id = \(id)
            """,
            as: StoredEvent.self
        )[0]
    }

    fileprivate func storedIssues() throws -> [StoredIssue] {
        try run(
            """
            select
                i.sequence_id, i.name, i.description_html, s.name as state, i.completed_at,
                (
                    select coalesce(json_agg(l.name order by l.name), '[]')
                    from public.issue_labels as x
                    inner join public.labels as l on l.id = x.label_id
                    where x.issue_id = i.id and x.deleted_at is null
                ) as labels,
                (
                    select coalesce(json_agg(u.display_name order by u.display_name), '[]')
                    from public.issue_assignees as x
                    inner join public.users as u on u.id = x.assignee_id
                    where x.issue_id = i.id and x.deleted_at is null
                ) as assignees
            from public.issues as i
            left join public.states as s on s.id = i.state_id
            where i.deleted_at is null
            order by i.project_id, i.sequence_id
            """,
            as: StoredIssue.self
        )
    }

    fileprivate func storedComments() throws -> [StoredComment] {
        try run(
            """
            select i.sequence_id, c.comment_html, u.display_name as author, c.edited_at
            from public.issue_comments as c
            inner join public.issues as i on i.id = c.issue_id
            inner join public.users as u on u.id = c.actor_id
            where c.deleted_at is null
            order by i.sequence_id, c.external_id
            """,
            as: StoredComment.self
        )
    }
}
