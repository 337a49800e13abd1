import Base
import Database
import Foundation
import TestSupport
import Testing

@testable import GitHubClient

/// The primary rate limit as answers tell of it.
@Suite(.timeLimit(.minutes(10))) struct BudgetWindowTests {
    @Test func `of one window the smaller number counts, of a newer one GitHub's, an older one is past`() async throws {
        try await BudgetScene.with { scene in
            try await scene.call(left: 100, reset: 600)
            #expect(try await scene.remaining == 100)
            // Somebody else has spent 40.
            try await scene.call(left: 60, reset: 600)
            #expect(try await scene.remaining == 60)
            // An answer that was on the way for long.
            try await scene.call(left: 98, reset: 600)
            #expect(try await scene.remaining == 59)
            try await scene.call(left: 4999, reset: 4200)
            #expect(try await scene.remaining == 4999)
            try await scene.call(left: 20, reset: 600)
            #expect(try await scene.remaining == 4998)
        }
    }

    @Test func `many at once reserve exactly what is left`() async throws {
        try await BudgetScene.with { scene in
            try await scene.call(left: 200, reset: 3000)
            let granted = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    let worker = Connection(
                        DatabaseConfig(
                            url: Secret(scene.database.url(as: .worker)),
                            applicationName: "worker \(number)",
                            pooled: number.isMultiple(of: 2)
                        )
                    )
                    group.addTask {
                        var granted = 0
                        while true {
                            let call = BudgetScene.call()
                            switch try await worker.reserve(call, lease: .seconds(60))?.kind {
                            case nil:
                                granted += 1
                                // No answer: what is left is ours to know.
                                _ = try await worker.settle(Settlement(call, nil, now: Timestamp(Date())))
                            case .own: continue
                            default: return granted
                            }
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(granted == 200)
        }
    }

    @Test func `what is on the way is taken off what GitHub says is left`() async throws {
        try await BudgetScene.with { scene in
            let calls = (0..<3).map { _ in BudgetScene.call() }
            for call in calls { #expect(try await scene.reserve(call) == nil) }
            try await scene.settle(calls[0], 200, BudgetScene.fields(left: 2, reset: 600))
            // The other two may not have reached GitHub yet.
            #expect(try await scene.remaining == 0)
            let refusal = try #require(try await scene.reserve(BudgetScene.call()))
            #expect(refusal.kind == .primary)
            #expect(refusal.wait > .seconds(580) && refusal.wait < .seconds(640))
        }
    }

    @Test func `a window that is over begins again, and what came late from the last one is past`() async throws {
        try await BudgetScene.with { scene in
            try await scene.call(of: 5000, left: 0, reset: 600)
            #expect(try await scene.reserve(BudgetScene.call())?.kind == .primary)
            try await scene.wait(602)
            let (first, second) = (BudgetScene.call(), BudgetScene.call())
            #expect(try await scene.reserve(first) == nil)
            #expect(try await scene.reserve(second) == nil)
            #expect(try await scene.remaining == 4998)
            try await scene.settle(first, 200, BudgetScene.fields(left: 0, reset: 600))
            #expect(try await scene.remaining == 4998)
            // GitHub's own words about the new window, of which others have used 100; the first call is not on the way.
            try await scene.settle(second, 200, BudgetScene.fields(left: 4898, reset: 4203))
            #expect(try await scene.remaining == 4898)
        }
    }

    @Test func `a window that nobody told of begins only once`() async throws {
        try await BudgetScene.with { scene in
            try await scene.call(of: 3, left: 0, reset: 600)
            try await scene.wait(602)
            for _ in 0..<3 {
                let call = BudgetScene.call()
                #expect(try await scene.reserve(call) == nil)
                try await scene.settle(call, 500)
            }
            #expect(try await scene.reserve(BudgetScene.call())?.kind == .primary)
        }
    }

    @Test func `what GitHub does not count is given back, once, and only in its window`() async throws {
        try await BudgetScene.with { scene in
            try await scene.call(left: 100, reset: 600)
            let call = BudgetScene.call()
            _ = try await scene.reserve(call)
            #expect(try await scene.remaining == 99)
            for _ in 0..<2 { try await scene.settle(call, 304, BudgetScene.fields(left: 100, reset: 600)) }
            #expect(try await scene.remaining == 100)
            let late = BudgetScene.call()
            _ = try await scene.reserve(late)
            try await scene.call(left: 4000, reset: 4200)
            let before = try #require(try await scene.remaining)
            try await scene.settle(late, 304, BudgetScene.fields(left: 100, reset: 600))
            #expect(try await scene.remaining == before)
        }
    }

    @Test(arguments: [(CallPriority.interactive, 1), (.writeBack, 51), (.sweep, 201)])
    func `what is less urgent leaves a part of the window`(priority: CallPriority, least: Int) async throws {
        try await BudgetScene.with { scene in
            try await scene.call(of: 1000, left: least, reset: 600)
            let call = BudgetScene.call(BudgetScene.read, priority)
            #expect(try await scene.reserve(call) == nil)
            try await scene.settle(call, 200)
            let refusal = try #require(try await scene.reserve(BudgetScene.call(BudgetScene.read, priority)))
            #expect(refusal.kind == (priority == .interactive ? .primary : .own))
            #expect(refusal.wait > .seconds(580) && refusal.wait < .seconds(640))
            guard priority != .interactive else { return }
            #expect(try await scene.reserve(BudgetScene.call()) == nil)
        }
    }

    @Test func `numbers that make no sense are not believed`() async throws {
        try await BudgetScene.with { scene in
            try await scene.call(left: 100, reset: 600)
            for (limit, left, reset) in [
                (5000, 0, 90_000), (5000, -1, 600), (10, 11, 600), (-5, -6, 600), (.max, .min, 600),
            ] {
                let before = try #require(try await scene.remaining)
                try await scene.call(of: limit, left: left, reset: reset)
                #expect(try await scene.remaining == before - 1)
            }
            try await scene.call(of: .max, left: .max, reset: 4200)
            #expect(try await scene.remaining == .max)
        }
    }

    @Test func `a server without limits is not counted`() async throws {
        try await BudgetScene.with { scene in
            for _ in 0..<3 {
                let call = BudgetScene.call(BudgetScene.read, .sweep)
                #expect(try await scene.reserve(call) == nil)
                try await scene.settle(call, 200)
            }
            #expect(try await scene.remaining == nil)
        }
    }

    @Test func `each resource has a window of its own`() async throws {
        try await BudgetScene.with { scene in
            try await scene.call(left: 0, reset: 600)
            let search = APIRequest(.get, "/search/issues?q=x", in: .hello)
            let other = PlannedCall(
                APIRequest(.get, "/search/issues?q=x", search.scope),
                as: BudgetScene.principal,
                .interactive
            )
            #expect(other.resource == .search)
            #expect(try await scene.reserve(other) == nil)
            // What belongs to another window is no news of this one.
            try await scene.settle(other, 200, BudgetScene.fields(left: 4000, reset: 4200))
            #expect(try await scene.reserve(BudgetScene.call())?.kind == .primary)
        }
    }
}
