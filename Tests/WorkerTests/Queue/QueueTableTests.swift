import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Queue
@testable import Worker

/// A second kind of work, in a table with another name, another key and no payload, goes through the same functions as
/// the events.
@Suite struct QueueTableTests {
    private static let lease: Duration = .seconds(60)

    @Test func `a claim takes what is due longest, and passes over what another one has locked`() async throws {
        try await ObjectBench.with(10) { bench in
            let holder = bench.database.connection("holder")
            try await holder.execute("begin")
            let held = try await holder.claimObjects(3)
            #expect(held.ids.sorted() == bench.ids[0..<3].sorted())
            let rest = try await bench.connection.claimObjects(20)
            #expect(rest.ids.sorted() == bench.ids[3...].sorted())
            try await holder.execute("commit")
            #expect(try await bench.connection.claimObjects(20).objects == [])
            #expect(try await bench.connection.states() == ["processing w": 10])
        }
    }

    @Test func `an object that is not due is not claimed, and one that was lost before is claimed alone`() async throws
    {
        try await ObjectBench.with(4) { bench in
            let (late, lost) = (bench.ids[0], bench.ids[1])
            try await bench.connection.set("run_at = now() + interval '1 hour'", of: late)
            try await bench.connection.set("crash_count = 1", of: lost)
            let alone = try await bench.connection.claimObjects(20)
            #expect(alone.objects.map(\.crashes) == [1])
            #expect(alone.ids == [lost])
            #expect(try await bench.connection.claimObjects(20).ids.sorted() == bench.ids[2...].sorted())
        }
    }

    @Test func `a retry is counted, a delay and a release are not, and finished objects stay finished`() async throws {
        try await ObjectBench.with(5) { bench in
            let (connection, ids) = (bench.connection, bench.ids)
            let claim = try await connection.claimObjects(5)
            #expect(claim.objects.allSatisfy { $0.kind == "issue" && $0.retries == 0 && $0.age > 0 })
            let outcomes: [(event: UUID, outcome: Outcome)] = [
                (ids[0], .retry(after: .zero, reason: "r")), (ids[1], .delayed(by: .zero, reason: "d")),
                (ids[2], .completed(.applied, result: #"{"sent": true}"#)), (ids[3], .failed(reason: "f")),
            ]
            #expect(try await connection.finishObjects(outcomes, token: claim.token) == Set(ids[..<4]))
            try await connection.release([ids[4]], token: claim.token, in: .objects)
            #expect(try await connection.states() == ["pending": 3, "completed": 1, "failed": 1])
            let errors: [String?] = ["r", "d", nil, "f", nil]
            for (id, error) in zip(ids, errors) { #expect(try await connection.error(of: id) == error) }

            let again = try await connection.claimObjects(5).objects
            #expect(Set(again.map(\.id)) == [ids[0], ids[1], ids[4]])
            for object in again { #expect(object.retries == (object.id == ids[0] ? 1 : 0)) }
        }
    }

    @Test func `a lease that is renewed lasts, one that ran out is rescued, and too many end failed`() async throws {
        try await ObjectBench.with(1) { bench in
            let connection = bench.connection
            for (crash, state) in [(1, "pending"), (2, "pending"), (3, "failed")] {
                let claim = try await connection.claimObjects(1)
                #expect(claim.ids == bench.ids)
                #expect(try await connection.rescueObjects() == [])
                try await connection.expireLeases()
                #expect(try await connection.renew([claim.token], lease: Self.lease, in: .objects) == [claim.token])
                #expect(try await connection.rescueObjects() == [])
                try await connection.expireLeases()
                #expect(try await connection.rescueObjects() == ["issue \(state)"])
                let reason = try await connection.error(of: bench.ids[0])
                #expect(reason == "the lease of worker w ran out", "after crash \(crash)")
                try await connection.makeDue()
            }
            #expect(try await connection.states() == ["failed": 1])
        }
    }

    @Test func `a worker whose object was rescued loses its fence and writes nothing`() async throws {
        try await ObjectBench.with(1) { bench in
            let (connection, id) = (bench.connection, bench.ids[0])
            let stale = try await connection.claimObjects(1)
            #expect(try await connection.fenceObjects([id], token: stale.token) == [id])
            try await connection.expireLeases()
            #expect(try await connection.rescueObjects() == ["issue pending"])
            try await connection.makeDue()
            let fresh = try await connection.claimObjects(1, worker: "fresh")
            #expect(fresh.ids == [id])

            #expect(try await connection.fenceObjects([id], token: stale.token) == [])
            let outcomes: [Outcome] = [
                .completed(.applied, result: "{}"), .failed(reason: "stale"), .retry(after: .zero, reason: "stale"),
            ]
            for outcome in outcomes {
                #expect(try await connection.finishObjects([(id, outcome)], token: stale.token) == [])
            }
            try await connection.release([id], token: stale.token, in: .objects)
            #expect(try await connection.renew([stale.token], lease: Self.lease, in: .objects) == [])
            #expect(try await connection.states() == ["processing fresh": 1])
        }
    }

    @Test func `a claim whose answer was lost is given back, and the oldest pending object is where a claim begins`()
        async throws
    {
        try await ObjectBench.with(3) { bench in
            let connection = bench.connection
            let known = try await connection.claimObjects(1)
            let lost = try await connection.claimObjects(1)
            func release() async throws -> [UUID] {
                try await connection.releaseUnknown(of: "w", known: [known.token], olderThan: .zero, in: .objects)
            }
            #expect(try await release() == lost.ids)
            #expect(try await release() == [])
            #expect(try await connection.states() == ["processing w": 1, "pending": 2])
            let start = try await connection.oldestDue(in: .objects)
            #expect(try await connection.claimObjects(3, start: start).ids.sorted() == bench.ids[1...].sorted())
        }
    }

    @Test(arguments: [QueueTable.events, .objects])
    func `a statement's text depends on the table only, so that it is prepared once`(table: QueueTable) {
        func texts(_ number: Int) -> [String] {
            let (id, token) = (UUID(), UUID())
            let outcomes: [Outcome] = [
                .completed(.applied, result: "{}"), .delayed(by: .seconds(number), reason: "\(number)"),
                .failed(reason: "\(number)"),
            ]
            let claim = Connection.claimQuery(
                from: table,
                limit: number,
                budget: PayloadBudget(total: number, share: number, allowsOversized: number == 1),
                worker: "\(number)",
                lease: .seconds(number),
                maxRetries: number,
                token: token,
                start: Timestamp(microseconds: Int64(number))
            )
            let finish = Connection.finishQueries(outcomes.map { (UUID(), $0) }, token: token, in: table)
            return ([claim, Connection.fence([id], token: token, in: table)] + finish).map(\.sql)
        }
        #expect(texts(1) == texts(2))
        #expect(Set(texts(1)).count == 5)
    }
}

extension QueueTable {
    fileprivate static let objects = QueueTable("other", "dirty objects", key: "object_id", labels: ["kind"])
}

/// Objects that were changed and whose change is to be sent: what to send is found out when it is sent.
private struct DirtyObject: RowDecodable, Equatable {
    let id: UUID
    let kind: String
    let retries: Int
    let crashes: Int
    let age: Double

    init(row: Row) throws {
        id = try row.get("id")
        kind = try row.get("kind")
        retries = try row.get("retry_count")
        crashes = try row.get("crash_count")
        age = try row.get("age")
    }
}

private struct ObjectClaim: Sendable {
    let token: UUID
    let objects: [DirtyObject]
    var ids: [UUID] { objects.map(\.id) }
}

private struct RescuedObject: RowDecodable {
    let description: String

    init(row: Row) throws {
        description = "\(try row.get("kind", as: String.self)) \(try row.get("status", as: String.self))"
    }
}

/// A database with the second table, and pending objects that became due one after the other.
private struct ObjectBench: Sendable {
    let database: TestDatabase
    let connection: Connection
    /// In the order in which they are due.
    let ids: [UUID]

    static func with(_ count: Int, _ body: @Sendable (ObjectBench) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.createObjects()
            let ids = (0..<count).map { _ in UUID() }
            try await connection.addObjects(ids)
            try await body(ObjectBench(database: database, connection: connection, ids: ids))
        }
    }
}

extension Connection {
    fileprivate func createObjects() throws {
        try runScript(
            """
            create schema other;
            create table other."dirty objects" (
                object_id uuid primary key,
                kind text not null,
                status github_sync.event_status not null default 'pending',
                run_at timestamptz not null default now(),
                retry_count smallint not null default 0,
                max_retries smallint not null default 3,
                crash_count smallint not null default 0,
                claim_token uuid,
                claimed_by text,
                claimed_at timestamptz,
                lease_until timestamptz,
                error_message text,
                result jsonb,
                created_at timestamptz not null default now(),
                updated_at timestamptz not null default now(),
                processed_at timestamptz,
                check (
                    (status = 'processing')
                    = (claim_token is not null and claimed_by is not null and lease_until is not null)
                )
            );
            create index on other."dirty objects" (run_at, object_id) where status = 'pending';
            create index on other."dirty objects" (object_id) where status = 'processing';
            """,
            within: .seconds(5)
        )
    }

    fileprivate func addObjects(_ ids: [UUID]) throws {
        try run(
            """
            insert into other."dirty objects" (object_id, kind, run_at, created_at)
            select id, 'issue', now() - interval '1 hour' + n * interval '1 second', now() - interval '1 hour'
            from unnest(\(ids)) with ordinality as o (id, n)
            """
        )
    }

    fileprivate func claimObjects(
        _ limit: Int,
        worker: String = "w",
        start: Timestamp? = nil
    ) throws -> ObjectClaim {
        let token = UUID()
        let query = Self.claimQuery(
            from: .objects,
            limit: limit,
            worker: worker,
            lease: .seconds(60),
            maxRetries: 3,
            token: token,
            start: start
        )
        return ObjectClaim(token: token, objects: try run(query, within: .seconds(10)).map(DirtyObject.init))
    }

    fileprivate func fenceObjects(_ ids: [UUID], token: UUID) throws -> [UUID] {
        try run(Self.fence(ids, token: token, in: .objects)).map { try $0.get("id") }
    }

    fileprivate func finishObjects(_ outcomes: [(event: UUID, outcome: Outcome)], token: UUID) throws -> Set<UUID> {
        let rows = try run(Self.finishQueries(outcomes, token: token, in: .objects)).joined()
        return Set(try rows.map { try $0.get("id") })
    }

    fileprivate func rescueObjects() throws -> [String] {
        try rescue(crashLimit: 3, in: .objects, as: RescuedObject.self).map(\.description)
    }

    fileprivate func expireLeases() throws {
        try run(
            """
            update other."dirty objects" set lease_until = now() - interval '1 second' where status = 'processing'
            """
        )
    }

    fileprivate func makeDue() throws {
        try run("update other.\"dirty objects\" set run_at = now() where status = 'pending'")
    }

    fileprivate func set(_ assignment: Query, of id: UUID) throws {
        try run("update other.\"dirty objects\" set \(assignment) where object_id = \(id)")
    }

    /// How many objects there are in each state, with the worker that holds them.
    fileprivate func states() throws -> [String: Int] {
        let rows = try run(
            """
            select concat_ws(' ', status, claimed_by) as state, count(*) as objects from other."dirty objects" group by 1
            """
        )
        return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.get("state"), try $0.get("objects")) })
    }

    fileprivate func error(of id: UUID) throws -> String? {
        try run("select error_message from other.\"dirty objects\" where object_id = \(id)")[0].getIfPresent(
            "error_message"
        )
    }
}
