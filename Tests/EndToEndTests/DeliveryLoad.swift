import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// Deliveries to several ingest nodes, some two hundred a second, and what became of each.
final class DeliveryLoad: Sendable {
    private struct State {
        var isOver = false
        var next: Int64 = 1
        var accepted: [String: ContinuousClock.Instant] = [:]
        var refused: [String: Int] = [:]
        var broken = 0
    }

    private let state = Mutex(State())
    private let nodes: [IngestProgram]

    init(_ nodes: [IngestProgram]) { self.nodes = nodes }

    /// Delivers an issue and a comment on it again and again, by `senders` side by side, while `body` runs.
    func run<Value: Sendable>(senders: Int = 4, during body: @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup { group in
            for _ in 0..<senders {
                group.addTask {
                    while let number = self.next() {
                        try await self.deliver(number)
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
            }
            defer { state.withLock { $0.isOver = true } }
            let value = try await body()
            state.withLock { $0.isOver = true }
            try await group.waitForAll()
            return value
        }
    }

    /// Waits until this many more deliveries were accepted.
    func accept(_ count: Int) async throws {
        let goal = acceptedCount + count
        #expect(try await eventually(within: .seconds(40)) { self.acceptedCount >= goal })
    }

    var acceptedCount: Int { state.withLock { $0.accepted.count } }

    /// Delivery ids that had a 202.
    var accepted: Set<String> { state.withLock { Set($0.accepted.keys) } }

    /// How many had another answer, by its status.
    var refused: [Int: Int] { state.withLock { Dictionary(grouping: $0.refused.values) { $0 }.mapValues(\.count) } }

    /// Requests whose connection broke without an answer.
    var broken: Int { state.withLock { $0.broken } }

    /// The longest time without a single 202.
    var longestGap: Duration {
        let times = state.withLock { $0.accepted.values.sorted() }
        return zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? .zero
    }

    private func next() -> Int64? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    private func deliver(_ number: Int64) async throws {
        let issue = SampleIssue(number)
        let first = Int(number) % nodes.count
        try await deliver(issue.event("opened"), "issues", "opened-\(number)", to: nodes[first])
        let comment = issue.event("created", SampleComment(number))
        let id = "commented-\(number)"
        try await deliver(comment, "issue_comment", id, to: nodes[(first + 1) % nodes.count])
        // GitHub delivers again, to whichever node.
        if number.isMultiple(of: 5) { try await deliver(comment, "issue_comment", id, to: nodes[first]) }
    }

    private func deliver(_ body: [UInt8], _ event: String, _ id: String, to node: IngestProgram) async throws {
        do {
            let status = try await node.deliver(String(decoding: body, as: UTF8.self), event: event, id: id).status
            state.withLock { state in
                if status == 202 { state.accepted[id] = .now } else { state.refused[id] = status }
            }
        } catch is TestHTTP.Broken {
            state.withLock { $0.broken += 1 }
        }
    }

    /// Waits for the queue to drain, then checks that what was accepted is there and everything was done once.
    /// - Returns: how many deliveries are stored.
    @discardableResult
    func expectDoneOnce(_ connection: Connection, within limit: Duration = .seconds(60)) async throws -> Int {
        let (stored, lost) = try await doneOnce(connection, within: limit)
        #expect(lost == [])
        return stored
    }

    /// Waits for the queue to drain, then checks that everything that is there was done once.
    /// - Returns: how many deliveries are stored, and which had a 202 and are not.
    func doneOnce(
        _ connection: Connection,
        within limit: Duration = .seconds(60)
    ) async throws -> (stored: Int, lost: Set<String>) {
        #expect(try await eventually(within: limit) { (try? await connection.isDrained()) == true })
        let stored = Set(try await connection.deliveryIDs())
        #expect(try await connection.statusCounts() == [.completed: stored.count])
        #expect(try await connection.failures() == [])
        let issues: Int = try await connection.value(
            "select count(distinct payload -> 'issue' ->> 'id') as value from github_sync.github_webhook_events"
        )
        let numbers: [Int] = try await connection.values(
            "select sequence_id as value from public.issues where deleted_at is null order by 1"
        )
        #expect(numbers == Array(1...max(issues, 1)))
        let comments: Int = try await connection.value(
            "select count(*) as value from public.issue_comments where deleted_at is null"
        )
        #expect(comments == stored.filter { $0.hasPrefix("commented") }.count)
        let retries: Int = try await connection.value(
            "select coalesce(sum(retry_count), 0)::int as value from github_sync.github_webhook_events"
        )
        #expect(retries == 0, "a database that was away costs no retry")
        #expect(try await connection.brokenRules() == [])
        return (stored.count, accepted.subtracting(stored))
    }
}

extension Connection {
    fileprivate func deliveryIDs() throws -> [String] {
        try values("select delivery_id as value from github_sync.github_webhook_events")
    }
}
