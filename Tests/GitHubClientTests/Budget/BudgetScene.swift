import Base
import Database
import Foundation
import TestSupport

@testable import GitHubClient

/// A worker's view of the budget of one principal, and a hand that can turn its clock.
struct BudgetScene: Sendable {
    static let principal = Principal(rawValue: "user:7")
    static let write = APIRequest(.patch, "/repos/octo/hello/issues/1", in: .hello)
    static let read = APIRequest(.get, "/repos/octo/hello/issues/1", in: .hello)

    let database: TestDatabase
    let worker: Connection
    private let owner: Connection

    static func with<Value: Sendable>(_ body: @Sendable (BudgetScene) async throws -> Value) async throws -> Value {
        try await TestDatabase.with { database in
            try await body(
                BudgetScene(
                    database: database,
                    worker: database.connection("worker", as: .worker),
                    owner: database.connection()
                )
            )
        }
    }

    static func call(_ request: APIRequest = read, _ priority: CallPriority = .interactive) -> PlannedCall {
        PlannedCall(request, as: principal, priority)
    }

    func reserve(_ call: PlannedCall, lease: Duration = .seconds(30)) async throws -> CallRefusal? {
        try await worker.reserve(call, lease: lease)
    }

    @discardableResult
    func settle(_ call: PlannedCall, _ status: Int, _ fields: [String: String] = [:]) async throws -> Timestamp? {
        let answer = HTTPAnswer(status: status, fields: AnswerFields(fields), body: [])
        return try await worker.settle(Settlement(call, answer, now: Timestamp(Date())))
    }

    /// Makes a call that is answered with what is left of a window, which ends in some seconds.
    func call(_ status: Int = 200, of limit: Int = 5000, left: Int, reset: Int) async throws {
        let call = Self.call()
        _ = try await reserve(call)
        try await settle(call, status, Self.fields(of: limit, left: left, reset: reset))
    }

    /// What GitHub says of a window; its clock stands still at `start`.
    static func fields(of limit: Int = 5000, left: Int, reset: Int) -> [String: String] {
        [
            "x-ratelimit-limit": "\(limit)", "x-ratelimit-remaining": "\(left)", "x-ratelimit-resource": "core",
            "x-ratelimit-reset": "\(start + reset)", "date": "Mon, 21 Sep 2026 14:13:20 GMT",
        ]
    }

    /// The second of that date.
    private static let start = 1_790_000_000

    func value<Value: SQLValue>(_ query: Query) async throws -> Value? {
        let values: [Value?] = try await owner.values(query)
        return values.first ?? nil
    }

    func change(_ query: Query) async throws { try await owner.execute(query) }

    var remaining: Int? {
        get async throws { try await value("select remaining as value from github_sync.github_budget") }
    }

    /// Seconds until the end of the block, from now on.
    var blocked: Double? {
        get async throws {
            try await value(
                "select extract(epoch from blocked_until - now())::float8 as value from github_sync.github_principals"
            )
        }
    }

    /// As if so many seconds had gone by.
    func wait(_ seconds: Int) async throws {
        try await change(
            """
            update github_sync.github_principals
            set blocked_until = blocked_until - make_interval(secs => \(Double(seconds))),
                next_write_at = next_write_at - make_interval(secs => \(Double(seconds))),
                recent_writes = array(select at - make_interval(secs => \(Double(seconds))) from unnest(recent_writes) as at)
            """
        )
        try await change(
            "update github_sync.github_budget set rolls_at = rolls_at - make_interval(secs => \(Double(seconds)))"
        )
    }
}

extension Connection {
    /// The column `value` of all rows.
    func values<Value: SQLValue>(_ query: Query) throws -> [Value?] {
        try run(query).map { try $0.getIfPresent("value") }
    }
}
