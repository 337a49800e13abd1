import Base
import Database
import Foundation
import TestSupport
import Testing

/// What a worker shows at /metrics while it brings changes from Plane to a GitHub of the test's own.
@Suite(.timeLimit(.minutes(10))) struct OutboundMetricsTests {
    private static let rocket = SampleRepository.rocket

    private static var repository: FakeRepository {
        var state = FakeRepository.State()
        state.issues = (1...2).map { (number: Int64) in
            var issue = SampleIssue(number)
            issue.title = "Issue \(number)"
            return issue
        }
        return FakeRepository(rocket, state)
    }

    private static func attempts(_ page: MetricsText, _ status: String) -> Double? {
        page.value("plane_worker_outbound_total", ["kind": "issue", "status": status])
    }

    private static func objects(_ page: MetricsText, _ status: String) -> Double? {
        page.value("plane_outbound_objects", ["status": status])
    }

    @Test func `what went out, what GitHub refused and the looks are counted`() async throws {
        let repository = Self.repository
        try await FakeServer.run(repository.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
                let worker = try await WorkerProgram(
                    database,
                    [
                        "GITHUB_API_URL": server.origin, "GITHUB_TOKEN": "ghp_test", "GITHUB_SWEEP_SECONDS": "0",
                        "WORKER_METRICS_LISTEN": "127.0.0.1:0",
                    ]
                )
                let words = ["--repository", Self.rocket.fullName]
                _ = try await CommandsRun.worker(["import"] + words, on: database)
                let before = try await worker.metrics()
                #expect(before.value("plane_worker_outbound_looks_total", ["result": "looked"]) == 0)
                #expect(before.value("plane_outbound_look_age_seconds") == nil)
                #expect(Self.objects(before, "waiting") == 0)
                #expect(before.value("plane_outbound_oldest_seconds") == 0)
                _ = try await CommandsRun.worker(["configure", "--outbound", "linked"] + words, on: database)

                try await connection.change("update public.issues set name = 'Sent' where name = 'Issue 1'")
                let isSent = try await eventually(within: .seconds(60)) {
                    try await Self.attempts(worker.metrics(), "sent") == 1
                }
                #expect(isSent, "\(worker.program.text.suffix(3000))")
                repository.update { $0.lostAnswers = [.answer(422, [:], #"{"message":"Validation Failed"}"#)] }
                try await connection.change("update public.issues set name = 'Refused' where name = 'Issue 2'")
                let isParked = try await eventually(within: .seconds(60)) {
                    let page = try await worker.metrics()
                    return Self.attempts(page, "failed") == 1 && Self.objects(page, "parked") == 1
                }
                #expect(isParked, "\(worker.program.text.suffix(3000))")

                let page = try await worker.metrics()
                #expect(page.problems == [])
                #expect(page.value("plane_worker_outbound_looks_total", ["result": "looked"]) ?? 0 >= 2)
                #expect(page.value("plane_worker_outbound_looks_total", ["result": "skipped"]) ?? 0 >= 1)
                #expect(page.value("plane_outbound_look_age_seconds") ?? .infinity < 120)
                #expect(page.value("plane_outbound_look_seconds") ?? 0 > 0)
                #expect(Self.objects(page, "wants_approval") == 0)
                #expect(try await worker.stop() == 0)
            }
        }
    }
}
