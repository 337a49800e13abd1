import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Worker

/// A delivery that was worked on and decides only once another has arrived.
@Suite struct RecallTests {
    private static let (x, y) = (SampleLabel(71, "x"), SampleLabel(72, "y"))

    private static func issue(_ labels: [SampleLabel], at second: Int) -> SampleIssue {
        var issue = SampleIssue(1)
        issue.labels = labels
        issue.updatedAt = SampleIssue.time(second)
        return issue
    }

    /// Put on `x`, taken off again, put on `y`; the last arrives first and the second last.
    private static func deliverTwo(to bench: SyncBench) async throws -> (last: UUID, first: UUID) {
        try await bench.deliver(issue([], at: 0).event("opened"))
        let last = try await bench.deliver(issue([y], at: 1).event("labeled", with: .label(y)))
        try await bench.drain()
        #expect(try await bench.issues()[0].labels == ["y"])
        let first = try await bench.deliver(issue([x], at: 1).event("labeled", with: .label(x)))
        try await bench.drain()
        #expect(try await bench.issues()[0].labels == ["x"], "receipt decides while a delivery is missing")
        return (last, first)
    }

    private static var second: [UInt8] { issue([], at: 1).event("unlabeled", with: .label(x)) }

    @Test func `it is read again and applied`() async throws {
        try await SyncBench.with { bench in
            let (last, _) = try await Self.deliverTwo(to: bench)
            let before = try await bench.event(last)
            let second = try await bench.deliver(Self.second)
            try await bench.drain()
            #expect(try await bench.issues()[0].labels == ["y"])
            let event = try await bench.event(second)
            #expect(event.status == .completed)
            #expect(event.retries == 0)
            #expect(event.result?.contains("superseded") == true)
            #expect(try await bench.event(last) == before, "its own result stays")
            #expect(try await bench.connection.appliedEvent() == last)
        }
    }

    @Test func `once its payload is gone what is applied stays, and nothing is retried`() async throws {
        try await SyncBench.with { bench in
            let (last, first) = try await Self.deliverTwo(to: bench)
            try await bench.connection.prune(last)
            let second = try await bench.deliver(Self.second)
            try await bench.drain()
            #expect(try await bench.issues()[0].labels == ["x"])
            #expect(try await bench.event(second).status == .completed)
            #expect(try await bench.event(second).retries == 0)
            #expect(try await bench.connection.appliedEvent() == first)
        }
    }

    @Test func `a row of a program that keeps no history goes by receipt`() async throws {
        try await SyncBench.with { bench in
            let (_, first) = try await Self.deliverTwo(to: bench)
            try await bench.connection.forgetHistories()
            let second = try await bench.deliver(Self.second)
            try await bench.drain()
            #expect(try await bench.issues()[0].labels == [])
            #expect(try await bench.connection.appliedEvent() == second)
            #expect(first < second)
        }
    }

    @Test func `a label is made only for the delivery that wins`() async throws {
        try await SyncBench.with { bench in
            try await bench.deliver(Self.issue([], at: 0).event("opened"))
            try await bench.deliver(Self.issue([Self.x, Self.y], at: 1).event("labeled", with: .label(Self.y)))
            try await bench.deliver(Self.issue([Self.x], at: 1).event("labeled", with: .label(Self.x)))
            try await bench.drain()
            #expect(try await bench.issues()[0].labels == ["x", "y"])
        }
    }
}

extension Connection {
    fileprivate func appliedEvent() throws -> UUID {
        try run("select event_id from github_sync.github_issue_versions")[0].get("event_id")
    }

    fileprivate func prune(_ event: UUID) throws {
        try run("delete from github_sync.github_webhook_events where id = \(event)")
    }

    fileprivate func forgetHistories() throws { try run("update github_sync.github_issue_versions set recent = null") }
}
