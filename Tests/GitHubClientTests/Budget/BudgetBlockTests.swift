import Base
import Database
import Foundation
import Testing

@testable import GitHubClient

/// What follows when GitHub refuses calls because of a limit.
@Suite(.timeLimit(.minutes(10))) struct BudgetBlockTests {
    private static func refuse(_ scene: BudgetScene, _ fields: [String: String] = [:]) async throws -> Timestamp? {
        let call = BudgetScene.call()
        #expect(try await scene.reserve(call) == nil)
        return try await scene.settle(call, 429, fields)
    }

    @Test func `a wait that GitHub names holds for all`() async throws {
        try await BudgetScene.with { scene in
            let until = try #require(try await Self.refuse(scene, ["retry-after": "70"]))
            let wait = try #require(try await scene.blocked)
            #expect(wait > 60 && wait <= 70)
            let left = Double(until.microseconds) / 1_000_000 - Date().timeIntervalSince1970
            #expect(left > 60 && left < 80)
            for resource in ["/repos/octo/hello/issues/1", "/search/issues?q=x", "/graphql"] {
                let call = PlannedCall(
                    APIRequest(.get, resource, .app),
                    as: BudgetScene.principal,
                    .interactive
                )
                #expect(try await scene.reserve(call)?.kind == .secondary, "\(resource)")
            }
            let other = PlannedCall(BudgetScene.read, as: Principal(rawValue: "user:8"), .sweep)
            #expect(try await scene.reserve(other) == nil)
        }
    }

    @Test func `without one, the wait doubles with each refusal up to an hour, and a success ends that`() async throws {
        try await BudgetScene.with { scene in
            for wait in [60, 120, 240, 480, 960, 1920, 3600, 3600] {
                _ = try await Self.refuse(scene)
                let blocked = try #require(try await scene.blocked)
                #expect(blocked > Double(wait) * 0.75 && blocked <= Double(wait))
                try await scene.wait(wait)
            }
            let call = BudgetScene.call()
            #expect(try await scene.reserve(call) == nil)
            try await scene.settle(call, 404)
            _ = try await Self.refuse(scene)
            #expect(try #require(try await scene.blocked) <= 60)
        }
    }

    @Test func `neither a failing server nor a call from before the block ends the count of refusals`() async throws {
        try await BudgetScene.with { scene in
            let early = BudgetScene.call()
            #expect(try await scene.reserve(early) == nil)
            _ = try await Self.refuse(scene)
            try await scene.settle(early, 200)
            try await scene.wait(60)
            let failing = BudgetScene.call()
            #expect(try await scene.reserve(failing) == nil)
            try await scene.settle(failing, 502)
            _ = try await Self.refuse(scene)
            #expect(try #require(try await scene.blocked) > 100)
        }
    }

    @Test func `calls that are refused together are one strike`() async throws {
        try await BudgetScene.with { scene in
            let calls = (0..<4).map { _ in BudgetScene.call() }
            for call in calls { #expect(try await scene.reserve(call) == nil) }
            for call in calls { try await scene.settle(call, 403, ["retry-after": "soon"]) }
            #expect(try #require(try await scene.blocked) <= 60)
            #expect(try await scene.value("select strikes as value from github_sync.github_principals") == 1)
        }
    }

    @Test func `a longer wait outlasts a shorter one that comes later`() async throws {
        try await BudgetScene.with { scene in
            let calls = (0..<2).map { _ in BudgetScene.call() }
            for call in calls { #expect(try await scene.reserve(call) == nil) }
            try await scene.settle(calls[0], 429, ["retry-after": "600"])
            try await scene.settle(calls[1], 429, ["retry-after": "5"])
            #expect(try #require(try await scene.blocked) > 580)
        }
    }

    @Test func `a window that GitHub says is used up holds for all, also where ours has just begun`() async throws {
        try await BudgetScene.with { scene in
            try await scene.call(left: 0, reset: 2)
            // Our clock is ahead of GitHub's.
            try await scene.wait(4)
            let call = BudgetScene.call()
            #expect(try await scene.reserve(call) == nil)
            try await scene.settle(call, 403, BudgetScene.fields(left: 0, reset: 2))
            #expect(try await scene.reserve(BudgetScene.call()) != nil)
        }
    }
}
