import Base
import Database
import Foundation
import TestSupport
import Testing

@testable import GitHubClient

/// How many calls a principal may have at the same time, and how far apart its writes are.
@Suite(.timeLimit(.minutes(10))) struct BudgetPaceTests {
    @Test func `writes are a second apart, and reads need not wait for them`() async throws {
        try await BudgetScene.with { scene in
            let write = BudgetScene.call(BudgetScene.write)
            #expect(try await scene.reserve(write) == nil)
            try await scene.settle(write, 200)
            #expect(try await scene.reserve(BudgetScene.call()) == nil)
            while let refusal = try await scene.reserve(BudgetScene.call(BudgetScene.write)) {
                #expect(refusal.kind == .own && refusal.wait < .milliseconds(1300))
                try await Task.sleep(for: refusal.wait)
            }
            let gap: Double? = try await scene.value(
                """
                select extract(epoch from recent_writes[2] - recent_writes[1])::float8 as value
                from github_sync.github_principals
                """
            )
            #expect(try #require(gap) >= 1)
        }
    }

    @Test func `after 500 writes the next waits until the first of them is an hour ago`() async throws {
        try await BudgetScene.with { scene in
            for _ in 0..<2 {
                let write = BudgetScene.call(BudgetScene.write)
                #expect(try await scene.reserve(write) == nil)
                try await scene.settle(write, 200)
                try await scene.change(
                    """
                    update github_sync.github_principals
                    set next_write_at = null, recent_writes = array(
                        select now() - interval '20 minutes' + at * interval '1 second' from generate_series(1, 498) as at
                    ) || recent_writes[cardinality(recent_writes):]
                    """
                )
            }
            let last = BudgetScene.call(BudgetScene.write)
            #expect(try await scene.reserve(last) == nil)
            let refusal = try #require(try await scene.reserve(BudgetScene.call(BudgetScene.write)))
            #expect(refusal.kind == .own && refusal.wait > .seconds(2380) && refusal.wait < .seconds(2440))
            #expect(
                try await scene.value("select cardinality(recent_writes) as value from github_sync.github_principals")
                    == 500
            )
            try await scene.wait(2402)
            #expect(try await scene.reserve(BudgetScene.call(BudgetScene.write)) == nil)
            #expect(
                try await scene.value("select cardinality(recent_writes) as value from github_sync.github_principals")
                    == 500
            )
            #expect(try await scene.reserve(BudgetScene.call(BudgetScene.write)) != nil)
        }
    }

    @Test func `four calls at the same time, and the fifth when one has its answer`() async throws {
        try await BudgetScene.with { scene in
            let calls = (0..<4).map { _ in BudgetScene.call() }
            for call in calls { #expect(try await scene.reserve(call) == nil) }
            let fifth = BudgetScene.call()
            #expect(try await scene.reserve(fifth)?.kind == .own)
            try await scene.settle(calls[2], 200)
            #expect(try await scene.reserve(fifth) == nil)
        }
    }

    @Test func `the slots of a worker that was killed are free when their leases end`() async throws {
        try await BudgetScene.with { scene in
            let killed = scene.database.connection("killed", as: .worker)
            let calls = (0..<4).map { _ in BudgetScene.call() }
            for call in calls { #expect(try await killed.reserve(call, lease: .seconds(60)) == nil) }
            try await scene.change(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where application_name = 'killed' and datname = current_database()
                """
            )
            #expect(try await scene.reserve(BudgetScene.call())?.kind == .own)
            try await scene.change(
                "update github_sync.github_call_slots set lease_until = lease_until - interval '1 minute'"
            )
            let others = (0..<4).map { _ in BudgetScene.call() }
            for call in others { #expect(try await scene.reserve(call) == nil) }
            // One that was only slow comes back: its slot is somebody else's by now.
            try await scene.settle(calls[0], 200)
            #expect(try await scene.reserve(BudgetScene.call())?.kind == .own)
        }
    }

    @Test func `two that make a principal's first call at the same time`() async throws {
        try await TestDatabase.with { database in
            let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<12 {
                    let connection = database.connection("worker \(number)", as: .worker)
                    group.addTask { try await connection.reserve(BudgetScene.call(), lease: .seconds(30)) == nil }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(granted == 4)
        }
    }
}
