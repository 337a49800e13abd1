import Base
import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// Workers that are replaced when they die, and the questions every fault test ends with.
struct FaultBench: Sendable {
    let database: TestDatabase
    let connection: Connection

    /// Runs `body` with the rocket repository connected.
    static func with(_ body: @Sendable (FaultBench) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let bench = FaultBench(database: database, connection: database.connection())
            let rocket = SampleRepository.rocket
            _ = try await bench.connection.connectRepository(rocket.id, rocket.fullName)
            try await body(bench)
        }
    }

    /// Short leases, so that a recovery takes seconds.
    static let lease = 2.0

    func worker(_ settings: [String: String] = [:]) async throws -> WorkerProgram {
        let base = ["WORKER_LEASE": "\(Self.lease)", "WORKER_BATCH": "8", "WORKER_BACKOFF": "1"]
        return try await WorkerProgram(database, base.merging(settings) { $1 })
    }

    /// Puts deliveries into the queue as ingest does, without going through it.
    func enqueue(_ deliveries: some Collection<FaultLoad.Delivery>) async throws {
        try await connection.enqueue(Array(deliveries))
    }

    /// Every event finished, none failed, every effect once, Plane's rules kept.
    func expectAllOnce(_ load: FaultLoad, within limit: Duration = .seconds(60)) async throws {
        let isDrained = try await eventually(within: limit) { try await connection.isDrained() }
        let counts = try await connection.statusCounts()
        #expect(isDrained, "\(counts)")
        #expect(try await connection.failures() == [])
        let expected = FaultOutcome(
            issues: Int(load.issues),
            final: Int(load.issues),
            comments: Int(load.issues),
            finalComments: Int(load.issues),
            createdActivities: Int(load.issues),
            commentActivities: Int(load.issues),
            distinctNumbers: Int(load.issues)
        )
        #expect(try await connection.faultOutcome() == expected)
        #expect(try await connection.brokenRules() == [])
    }
}

/// What Plane shows after a `FaultLoad`.
///
/// Activities are only ever appended: one too many is an effect that came twice.
struct FaultOutcome: RowDecodable, Equatable {
    var issues: Int
    /// Issues with the last title, closed, with their label and assignee.
    var final: Int
    var comments: Int
    var finalComments: Int
    var createdActivities: Int
    var commentActivities: Int
    var distinctNumbers: Int
}

extension FaultOutcome {
    init(row: Row) throws {
        issues = try row.get("issues")
        final = try row.get("final")
        comments = try row.get("comments")
        finalComments = try row.get("final_comments")
        createdActivities = try row.get("created_activities")
        commentActivities = try row.get("comment_activities")
        distinctNumbers = try row.get("distinct_numbers")
    }
}

extension Connection {
    fileprivate func enqueue(_ deliveries: [FaultLoad.Delivery]) throws {
        let ids = EventIDGenerator()
        try run(
            """
            insert into github_sync.github_webhook_events (id, delivery_id, event_type, payload)
            select * from unnest(
                \(deliveries.map { _ in ids.next() }), \(deliveries.map(\.id)), \(deliveries.map(\.event)),
                \(deliveries.map { JSONText(Array($0.body.utf8)) })
            )
            """
        )
    }

    fileprivate func faultOutcome() throws -> FaultOutcome {
        try run(
            """
            select
                (select count(*) from public.issues where deleted_at is null) as issues,
                (
                    select count(*)
                    from public.issues as i
                    inner join public.states as s on s.id = i.state_id and s."group" = 'completed'
                    inner join public.issue_labels as l on l.issue_id = i.id and l.deleted_at is null
                    inner join public.issue_assignees as a on a.issue_id = i.id and a.deleted_at is null
                    where i.name like 'Final %' and i.deleted_at is null and i.completed_at is not null
                ) as final,
                (select count(*) from public.issue_comments where deleted_at is null) as comments,
                (
                    select count(*) from public.issue_comments
                    where comment_stripped like '%Final comment' and deleted_at is null
                ) as final_comments,
                (
                    select count(*) from public.issue_activities where verb = 'created' and field is null
                ) as created_activities,
                (
                    select count(*) from public.issue_activities where verb = 'created' and field = 'comment'
                ) as comment_activities,
                (select count(distinct sequence) from public.issue_sequences) as distinct_numbers
            """,
            as: FaultOutcome.self
        )[0]
    }

    /// How many events came back from a worker that was lost.
    func rescuedCount() throws -> Int {
        try run("select count(*) as n from github_sync.github_webhook_events where crash_count > 0")[0].get("n")
    }
}
