import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Queue
@testable import Sync
@testable import Worker

@Suite struct ClaimTests {
    private static let lease: Duration = .seconds(60)

    @Test func `four workers claim each event once`() async throws {
        try await TestDatabase.with { database in
            try await database.connection().fillQueue(500)
            let workers = (1...4).map { database.connection("worker \($0)") }
            for worker in workers { try await worker.execute("select 1") }  // all open before any claims

            let claimed = try await withThrowingTaskGroup(of: [UUID].self) { group in
                for worker in workers { group.addTask { try await worker.claimAll() } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 500)
            #expect(Set(claimed).count == 500)
        }
    }

    @Test func `a claim takes no more than its limit and the longest due first`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.fillQueue(20)
            try await connection.execute(
                """
                update github_sync.github_webhook_events set run_at = now() - interval '1 hour'
                where delivery_id in ('delivery 7', 'delivery 9')
                """
            )
            let claim = try await connection.claim(limit: 2, worker: "w", lease: Self.lease, maxRetries: 3)
            #expect(Set(claim.events.map(\.deliveryID)) == ["delivery 7", "delivery 9"])
        }
    }

    @Test func `an event that is not due is not claimed`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.fillQueue(1)
            try await connection.execute(
                "update github_sync.github_webhook_events set run_at = now() + interval '1 hour'"
            )
            #expect(try await connection.claim(limit: 5, worker: "w", lease: Self.lease, maxRetries: 3).events == [])
        }
    }

    @Test func `a stale worker finishes nothing after its event was rescued`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.fillQueue(1)
            let stale = try await connection.claim(limit: 1, worker: "stale", lease: Self.lease, maxRetries: 3)
            let event = try #require(stale.events.first)
            try await connection.expireLeases()
            #expect(try await connection.rescue(crashLimit: 3).map(\.status) == [.pending])
            try await connection.makeDue()
            let fresh = try await connection.claim(limit: 1, worker: "fresh", lease: Self.lease, maxRetries: 3)
            #expect(fresh.events.map(\.id) == [event.id])

            try await connection.finish(event.id, EventResult.ignored("stale").completed, token: stale.token)
            try await connection.finish(event.id, .failed(reason: "stale"), token: stale.token)
            try await connection.finish(event.id, .retry(after: .zero, reason: "stale"), token: stale.token)
            try await connection.release(stale)
            #expect(try await connection.renew([stale.token], lease: Self.lease) == [])
            #expect(try await connection.owner(of: event.id) == "processing fresh")
            await #expect(throws: LostClaim.self) { try await connection.sync(RoutedBatch(stale)) }
            #expect(try await connection.owner(of: event.id) == "processing fresh")

            try await connection.finish(event.id, EventResult.ignored("fresh").completed, token: fresh.token)
            #expect(try await connection.owner(of: event.id) == "completed")
        }
    }

    @Test func `an event whose leases keep running out ends failed`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.fillQueue(1)
            for expected in [EventStatus.pending, .pending, .failed] {
                try await connection.makeDue()
                let claim = try await connection.claim(limit: 1, worker: "w", lease: Self.lease, maxRetries: 3)
                #expect(claim.events.count == 1)
                try await connection.expireLeases()
                #expect(try await connection.rescue(crashLimit: 3).map(\.status) == [expected])
            }
            let status: String = try await connection.onlyStatus()
            #expect(status == "failed")
        }
    }

    @Test func `a renewed lease does not run out`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.fillQueue(1)
            let claim = try await connection.claim(limit: 1, worker: "w", lease: Self.lease, maxRetries: 3)
            try await connection.expireLeases()
            #expect(try await connection.renew([claim.token], lease: Self.lease) == [claim.token])
            #expect(try await connection.rescue(crashLimit: 3) == [])
        }
    }

    @Test func `a claim whose answer was lost goes back as soon as its worker looks`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.fillQueue(3)
            let known = try await connection.claim(limit: 1, worker: "w", lease: Self.lease, maxRetries: 3)
            let lost = try await connection.claim(limit: 1, worker: "w", lease: Self.lease, maxRetries: 3)
            let other = try await connection.claim(limit: 1, worker: "other", lease: Self.lease, maxRetries: 3)
            #expect(try await connection.releaseUnknown(of: "w", known: [known.token]) == [])
            try await connection.execute(
                "update github_sync.github_webhook_events set claimed_at = now() - interval '1 minute'"
            )
            let released = try await connection.releaseUnknown(of: "w", known: [known.token])
            #expect(released == lost.events.map(\.id))
            #expect(try await connection.releaseUnknown(of: "w", known: [known.token]) == [])
            #expect(try await connection.renew([known.token, other.token], lease: Self.lease).count == 2)
            let again = try await connection.claim(limit: 3, worker: "w", lease: Self.lease, maxRetries: 3)
            #expect(again.events.map(\.crashes) == [0])
            #expect(again.events.map(\.retries) == [0])
        }
    }

    @Test func `a worker frozen between two messages loses its locks to the one that takes over`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.fillQueue(1)
            let claim = try await connection.claim(limit: 1, worker: "frozen", lease: Self.lease, maxRetries: 3)
            try await connection.expireLeases(by: 120)
            // What a session calls itself says nothing: an address may say so for all of them.
            let frozen = database.connection("by any other name")
            let namesake = database.connection("plane-worker frozen")
            try await namesake.execute("begin")
            try await frozen.holdRows(of: claim)
            #expect(try await connection.rescue(crashLimit: 3) == [])
            #expect(try await connection.evictFrozen(except: "frozen", lease: Self.lease) == 0)
            #expect(try await connection.evictFrozen(except: "heir", lease: .seconds(600)) == 0)
            // Only a session that waits for its client is frozen, and its server may take a moment to get there.
            let isEvicted = try await eventually {
                try await connection.evictFrozen(except: "heir", lease: Self.lease) == 1
            }
            #expect(isEvicted)
            let isRescued = try await eventually {
                try await connection.rescue(crashLimit: 3).map(\.status) == [.pending]
            }
            #expect(isRescued)
            await #expect(throws: DatabaseError.self) { try await frozen.execute("select 1") }
            try await namesake.execute("commit")
        }
    }

    @Test func `what was only claimed goes back without costing a retry`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.fillQueue(3)
            let claim = try await connection.claim(limit: 3, worker: "w", lease: Self.lease, maxRetries: 3)
            try await connection.release(claim)
            let again = try await connection.claim(limit: 3, worker: "w", lease: Self.lease, maxRetries: 3)
            #expect(again.events.map(\.retries) == [0, 0, 0])
            #expect(again.token != claim.token)
        }
    }
}

extension Connection {
    fileprivate func fillQueue(_ count: Int) throws {
        try run(
            """
            insert into github_sync.github_webhook_events (id, delivery_id, event_type, payload)
            select gen_random_uuid(), 'delivery ' || n, 'issues', '{}' from generate_series(1, \(count)) as n
            """
        )
    }

    fileprivate func claimAll() async throws -> [UUID] {
        var ids: [UUID] = []
        while true {
            let claim = try claim(limit: 7, worker: "w", lease: .seconds(60), maxRetries: 3)
            if claim.events.isEmpty { return ids }
            ids += claim.events.map(\.id)
            await Task.yield()
        }
    }

    fileprivate func expireLeases(by seconds: Double = 1) throws {
        try run(
            """
            update github_sync.github_webhook_events set lease_until = now() - make_interval(secs => \(seconds))
            where status = 'processing'
            """
        )
    }

    fileprivate func holdRows(of claim: Claim) throws {
        try run(["begin", Self.fence(claim.events.map(\.id), token: claim.token)])
    }

    fileprivate func makeDue() throws {
        try run("update github_sync.github_webhook_events set run_at = now() where status = 'pending'")
    }

    fileprivate func owner(of event: UUID) throws -> String {
        try run(
            """
            select concat_ws(' ', status, claimed_by) as owner
            from github_sync.github_webhook_events where id = \(event)
            """
        )[0].get("owner")
    }

    fileprivate func onlyStatus() throws -> String {
        try run("select status from github_sync.github_webhook_events")[0].get("status")
    }
}
