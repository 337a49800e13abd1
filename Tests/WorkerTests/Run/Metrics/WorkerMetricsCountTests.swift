import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Outbound
@testable import Queue
@testable import Run
@testable import Sync
@testable import Worker

@Suite struct WorkerMetricsCountTests {
    private let leases = Leases(lease: .seconds(60), timeLimit: .seconds(300))
    private let metrics: WorkerMetrics

    init() {
        let nowhere = DatabaseConfig(url: Secret("postgres://nobody@127.0.0.1:1/none"), applicationName: "test")
        metrics = WorkerMetrics(leases: leases, slots: 3, queue: QueueGauges(nowhere))
    }

    private static func event(age: Duration) -> ClaimedEvent {
        ClaimedEvent(id: UUID(), deliveryID: "d", type: "issues", payload: [], retries: 0, crashes: 0, age: age)
    }

    @Test func `latency is the age at the claim and the work since, of completed events only`() {
        let claim = Claim(token: UUID(), events: [Self.event(age: .seconds(20)), Self.event(age: .seconds(1))])
        let outcomes: [(event: UUID, outcome: Outcome)] = [
            (claim.events[0].id, .completed(.applied, result: "{}")),
            (claim.events[1].id, .failed(reason: "r")),
        ]
        metrics.count(SyncReport(outcomes), of: claim, claimedAt: .now - .seconds(15))
        let page = metrics.page
        #expect(page.contains("plane_worker_event_latency_seconds_bucket{le=\"30\"} 0\n"))
        #expect(page.contains("plane_worker_event_latency_seconds_bucket{le=\"60\"} 1\n"))
        #expect(page.contains("plane_worker_event_latency_seconds_count 1\n"))
        #expect(page.contains("github_mcp_sync_total{status=\"completed\",direction=\"from_github\"} 1\n"))
        #expect(page.contains("github_mcp_sync_total{status=\"failed\",direction=\"from_github\"} 1\n"))
    }

    @Test func `an empty claim is timed and is no batch`() {
        metrics.count(Claim(token: UUID(), events: []), after: .milliseconds(1))
        metrics.count(Claim(token: UUID(), events: [Self.event(age: .zero)]), after: .milliseconds(1))
        #expect(metrics.page.contains("plane_worker_claim_seconds_count 2\n"))
        #expect(metrics.page.contains("plane_worker_batch_events_count 1\n"))
        #expect(metrics.page.contains("plane_worker_claimed_events_total 1\n"))
    }

    @Test func `what is held shows as events and busy slots`() {
        let claim = Claim(token: UUID(), events: [Self.event(age: .zero), Self.event(age: .zero)])
        leases.hold(claim)
        #expect(metrics.page.contains("plane_worker_leases_held 2\n"))
        #expect(metrics.page.contains("plane_worker_slots_busy 1\n"))
        #expect(metrics.page.contains("plane_worker_slots 3\n"))
        leases.remove(claim)
        #expect(metrics.page.contains("plane_worker_leases_held 0\n"))
    }

    @Test(arguments: [
        (DatabaseError.Kind.connectionLost, "unavailable"),
        (.rejected(sqlState: "40P01", constraint: nil), "conflict"),
        (.rejected(sqlState: "23505", constraint: "c"), "row"),
    ])
    func `an error of the database is counted by what it calls for`(kind: DatabaseError.Kind, word: String) {
        metrics.count(DatabaseError(kind, message: "m", statement: "s"))
        metrics.count(CancellationError())
        let counted = metrics.page.split(separator: "\n").filter {
            $0.hasPrefix("plane_worker_database_errors_total{") && !$0.hasSuffix(" 0")
        }
        #expect(counted == ["plane_worker_database_errors_total{kind=\"\(word)\"} 1"])
    }

    @Test func `what was adopted and what both sides changed is counted with the batch`() {
        let origin = UUID()
        let report = SyncReport(
            [],
            [
                Planner.Note(origin, .applied, [.adopted(number: 1), .titleChanged]),
                Planner.Note(origin, .applied, [.conflict(.title, stays: .github)]),
                Planner.Note(origin, .applied, [.commentAdopted]), Planner.Note(origin, .ignored, []),
            ]
        )
        metrics.count(report, of: Claim(token: UUID(), events: []), claimedAt: .now)
        let counted = metrics.page.split(separator: "\n").filter {
            $0.hasPrefix("plane_worker_outbound_") && !$0.hasSuffix(" 0")
        }
        #expect(
            counted == [
                "plane_worker_outbound_adopted_total{kind=\"issue\"} 1",
                "plane_worker_outbound_adopted_total{kind=\"comment\"} 1",
                "plane_worker_outbound_conflicts_total{field=\"title\",stays=\"github\"} 1",
            ]
        )
    }

    @Test func `an attempt to send is counted by what it was about and how it ended, and a look by what became of it`()
    {
        metrics.count(.sent, of: .issue)
        metrics.count(.sent, of: .issue)
        metrics.count(OutboundEnding(.delayed(by: .zero, reason: "r")), of: .comment)
        metrics.looks.add(.skipped)
        let counted = metrics.page.split(separator: "\n").filter {
            $0.hasPrefix("plane_worker_outbound_") && !$0.hasSuffix(" 0")
        }
        #expect(
            counted == [
                "plane_worker_outbound_total{kind=\"issue\",status=\"sent\"} 2",
                "plane_worker_outbound_total{kind=\"comment\",status=\"delayed\"} 1",
                "plane_worker_outbound_looks_total{result=\"skipped\"} 1",
            ]
        )
    }

    @Test(arguments: [
        (Outcome.completed(.applied, result: "{}"), OutboundEnding.sent),
        (.completed(.ignored, result: "{}"), .nothing), (.retry(after: .zero, reason: "r"), .retried),
        (.delayed(by: .zero, reason: "r"), .delayed), (.failed(reason: "r"), .failed),
    ])
    func `how an attempt to send ended has a word of its own`(outcome: Outcome, ending: OutboundEnding) {
        #expect(OutboundEnding(outcome) == ending)
    }

    @Test func `without figures of the queue its metrics have no series`() {
        let lines = metrics.page.split(separator: "\n").filter { $0.contains(/plane_(queue|fleet|outbound)_/) }
        #expect(lines.count == 18)
        #expect(lines.allSatisfy { $0.hasPrefix("# ") })
    }
}
