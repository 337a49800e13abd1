import Database
import Foundation
import TestSupport
import Testing

/// Locks of other sessions: what they are on waits and loses nothing, everything else goes on.
@Suite(.serialized) struct LockFaultTests {
    @Test(.timeLimit(.minutes(15)))
    func `a table that a migration of Plane's has locked costs no event a retry`() async throws {
        try await FaultBench.with { bench in
            let load = FaultLoad(issues: 4)
            let holder = bench.database.connection("holder")
            try await holder.hold("lock table public.issues in access exclusive mode")
            try await bench.enqueue(load.deliveries)
            let worker = try await bench.worker(["WORKER_METRICS_LISTEN": "127.0.0.1:0"])
            #expect(try await eventually { try await bench.connection.waitingForLocks() == load.deliveries.count })
            // Who looks is told, once nothing has gone on for as long as a lease.
            #expect(try await eventually { try await worker.get("/readyz").status == 503 })
            #expect(try await worker.get("/readyz").body.contains("lock timeout"))
            let page = try await worker.metrics()
            let delayed = page.value("github_mcp_sync_total", ["status": "delayed", "direction": "from_github"])
            #expect(delayed ?? 0 >= 24)
            #expect(worker.program.text.contains("an event has to wait, at no cost"))
            // What needs no locked table is done meanwhile.
            try await bench.enqueue([FaultLoad.Delivery(id: "milestone", event: "milestone", body: Self.milestone)])
            #expect(try await eventually { try await bench.connection.statusCounts()[.completed] == 1 })
            #expect(try await bench.connection.retriesUsed() == 0)

            try await holder.release()
            try await bench.expectAllOnce(load)
            #expect(try await bench.connection.retriesUsed() == 0)
            #expect(try await eventually { try await worker.get("/readyz").status == 200 })
            #expect(try await worker.stop() == 0)
        }
    }

    /// A lock, and what the events of its issue do that needs it.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let lock: @Sendable (Connection) async throws -> Void
        /// The delivery that needs the row.
        var held = "held"
        /// Whether new issues do not need it.
        var sparesOthers = true
        /// Before, as long as the row was locked: up to ten seconds.
        var longestWait = Duration.milliseconds(500)
    }

    private static let rows = [
        Row(testDescription: "an issue") {
            try await $0.hold("select from public.issues where sequence_id = 1 for update")
        },
        Row(testDescription: "a comment") { try await $0.hold("select from public.issue_comments for update") },
        Row(testDescription: "the text of a comment") {
            try await $0.hold("select from public.descriptions for update")
        },
        Row(
            testDescription: "a label",
            lock: { try await $0.hold("select from public.labels where name = 'bug' for update") },
            held: "labeled"
        ),
        Row(testDescription: "a label on an issue") { try await $0.hold("select from public.issue_labels for update") },
        Row(
            testDescription: "the project",
            lock: { try await $0.hold("select from public.projects where identifier = 'GH' for update") },
            sparesOthers: false,
            // Each slot in its turn.
            longestWait: .seconds(1)
        ),
    ]

    @Test(.timeLimit(.minutes(15)), arguments: rows)
    func `a locked row delays its own events only, and nobody who makes an issue in Plane`(row: Row) async throws {
        try await FaultBench.with { bench in
            var issue = SampleIssue(1)
            issue.labels = [SampleLabel(1, "bug")]
            try await bench.enqueue([Self.delivery("first", issue.event("created", SampleComment(1)), "issue_comment")])
            let first = try await bench.worker()
            #expect(try await eventually { try await bench.connection.isDrained() })
            #expect(try await first.stop() == 0)

            let holder = bench.database.connection("holder")
            try await row.lock(holder)
            // One batch: an edit that needs the row, and new issues.
            var edited = SampleIssue(1)
            edited.title = "Edited"
            edited.updatedAt = SampleIssue.time(10)
            var comment = SampleComment(1)
            comment.body = "Edited"
            comment.updatedAt = SampleIssue.time(10)
            var labeled = SampleIssue(2)
            labeled.labels = [SampleLabel(1, "bug")]
            try await bench.enqueue(
                [
                    Self.delivery("held", edited.event("edited", comment), "issue_comment"),
                    Self.delivery("labeled", labeled.event("opened"), "issues"),
                ] + (Int64(3)...8).map { Self.delivery("\($0)", SampleIssue($0).event("opened"), "issues") }
            )
            let people = PlanePerson(bench.database.connection("person"))
            let worker = try await bench.worker(["WORKER_BATCH": "64"])
            if row.sparesOthers {
                let others = ["3", "4", "5", "6", "7", "8"]
                #expect(try await eventually { try await bench.connection.completed(others) == others.count })
            }
            #expect(try await eventually { try await bench.connection.waitingForLocks() > 0 })
            try await Task.sleep(for: .seconds(2))
            let slowest = try await people.stop()
            print("locked: \(row.testDescription); in Plane the number lock was had after at most \(slowest)")
            #expect(slowest < row.longestWait)
            #expect(try await bench.connection.completed([row.held]) == 0)

            try await holder.release()
            #expect(try await eventually { try await bench.connection.isDrained() })
            #expect(try await bench.connection.failures() == [])
            #expect(try await bench.connection.retriesUsed() == 0)
            #expect(try await bench.connection.issueCount() == 8)
            #expect(try await bench.connection.brokenRules() == [])
            #expect(try await worker.stop() == 0)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `of a batch of 64 those whose issues are locked wait and the others do not`() async throws {
        try await FaultBench.with { bench in
            try await bench.enqueue(
                (Int64(1)...20).map { Self.delivery("first \($0)", SampleIssue($0).event("opened"), "issues") }
            )
            let first = try await bench.worker()
            #expect(try await eventually { try await bench.connection.isDrained() })
            #expect(try await first.stop() == 0)
            let holder = bench.database.connection("holder")
            try await holder.hold("select from public.issues where name = 'A title' order by id limit 7 for update")
            try await bench.enqueue(
                (Int64(1)...64).map { number in
                    var issue = SampleIssue(number)
                    issue.title = "Edited"
                    issue.updatedAt = SampleIssue.time(10)
                    return Self.delivery("\(number)", issue.event("edited"), "issues")
                }
            )
            let worker = try await bench.worker(["WORKER_BATCH": "64"])
            #expect(try await eventually { try await bench.connection.statusCounts()[.completed] == 77 })
            #expect(try await eventually { try await bench.connection.waitingForLocks() == 7 })
            try await holder.release()
            #expect(try await eventually { try await bench.connection.statusCounts() == [.completed: 84] })
            #expect(try await bench.connection.retriesUsed() == 0)
            #expect(try await worker.stop() == 0)
        }
    }

    private static func delivery(_ id: String, _ payload: [UInt8], _ event: String) -> FaultLoad.Delivery {
        FaultLoad.Delivery(id: id, event: event, body: String(decoding: payload, as: UTF8.self))
    }

    private static var milestone: String {
        let text = String(
            decoding: SampleRepository.rocket.event("created", updatedAt: SampleIssue.time(0)),
            as: UTF8.self
        )
        return "{\"milestone\":{},\(text.dropFirst())"
    }
}

/// Somebody who wants to make issues in Plane all the time: takes the number lock of the demo project and lets it go.
private final class PlanePerson: Sendable {
    private let task: Task<Duration, any Error>

    init(_ connection: Connection) {
        task = Task {
            var slowest = Duration.zero
            while !Task.isCancelled {
                slowest = max(slowest, try await connection.takeNumberLock())
                try? await Task.sleep(for: .milliseconds(10))
            }
            return slowest
        }
    }

    /// - Returns: the longest wait for the lock.
    func stop() async throws -> Duration {
        task.cancel()
        return try await task.value
    }
}

extension Connection {
    fileprivate func hold(_ lock: Query) throws { try run(["begin", lock]) }

    fileprivate func release() throws { try run("commit") }

    fileprivate func takeNumberLock() throws -> Duration {
        let start = ContinuousClock.now
        try run(
            """
            select pg_advisory_xact_lock(github_sync.number_lock_key(id)) from public.projects where identifier = 'GH'
            """
        )
        return .now - start
    }

    /// Pending events that say what they wait for.
    fileprivate func waitingForLocks() throws -> Int {
        try run(
            """
            select count(*) as n from github_sync.github_webhook_events
            where status <> 'completed' and error_message like '%55P03%'
            """
        )[0].get("n")
    }

    fileprivate func retriesUsed() throws -> Int {
        try run("select coalesce(sum(retry_count), 0)::int as n from github_sync.github_webhook_events")[0].get("n")
    }

    fileprivate func completed(_ deliveries: [String]) throws -> Int {
        try run(
            """
            select count(*) as n from github_sync.github_webhook_events
            where status = 'completed' and delivery_id = any(\(deliveries))
            """
        )[0].get("n")
    }
}
