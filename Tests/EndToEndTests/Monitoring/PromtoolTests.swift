import Base
import Foundation
import TestSupport
import Testing

/// The metrics pages of both programs, as Prometheus' own tool sees them, and while they have something to do.
@Suite(.timeLimit(.minutes(15))) struct PromtoolTests {
    /// What `promtool check metrics` has to say of a page: nothing.
    private static func check(_ page: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "metrics-\(UUID().text)")
        try Data(page.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/promtool")
        process.arguments = ["check", "metrics"]
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let words = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? words : "\(process.terminationStatus): \(words)"
    }

    private static func names(_ page: String) -> Set<String> {
        Set(page.matches(of: /# TYPE (\S+) \S+/).map { String($0.1) })
    }

    /// Names with their labels but `le`: what a scrape makes of a page.
    private static func series(_ page: String) -> Set<String> {
        Set(page.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: " ").first })
            .reduce(into: []) { $0.insert(String($1)) }
    }

    @Test func `promtool finds nothing wrong while both programs work`() async throws {
        #expect(try Self.check("# TYPE a counter\na 1\n").contains("no help text"))
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rocket = SampleRepository.rocket
            _ = try await connection.connectRepository(rocket.id, rocket.fullName)
            try await IngestProgram.withSpool { spool in
                let ingest = try await IngestProgram.start(database, spool: spool)
                let worker = try await WorkerProgram(database, ["WORKER_METRICS_LISTEN": "127.0.0.1:0"])
                let load = DeliveryLoad([ingest])
                try await load.run {
                    for _ in 1...4 {
                        try await load.accept(50)
                        for page in try await [Self.page(of: ingest), worker.get("/metrics").body] {
                            #expect(try Self.check(page) == "")
                            #expect(MetricsText(page).problems == [])
                        }
                    }
                }
                #expect(try await eventually { try await connection.isDrained() })
                let accepted = Double(load.acceptedCount)
                // The counts follow the commit that the test sees.
                let isCounted = try await eventually {
                    try await worker.metrics().value("plane_worker_event_latency_seconds_count") == accepted
                }
                #expect(isCounted)

                let ingestPage = MetricsText(try await Self.page(of: ingest))
                let workerPage = try await worker.metrics()
                for (page, program) in [(ingestPage, "plane-ingest"), (workerPage, "plane-worker")] {
                    let labels = ["version": Version.current.description, "program": program]
                    #expect(page.value("plane_build_info", labels) == 1)
                    let age = Date().timeIntervalSince1970 - (page.value("process_start_time_seconds") ?? 0)
                    #expect((0..<600).contains(age))
                }
                #expect(workerPage.value("plane_fleet_workers", ["state": "running"]) == 1)
                #expect(workerPage.value("plane_fleet_workers", ["state": "lost"]) == 0)
                #expect(workerPage.value("plane_queue_limited_events") == 0)
                let stored = ["issues", "issue_comment"].compactMap {
                    ingestPage.value("github_mcp_webhook_total", ["event_type": $0, "status": "accepted"])
                }
                #expect(stored.reduce(0, +) == accepted)
                let requests = ingestPage.value("plane_ingest_request_seconds_count") ?? 0
                #expect(requests >= accepted)
                #expect(ingestPage.value("plane_ingest_batch_rows_sum") == requests)
                #expect(ingestPage.value("plane_ingest_request_seconds_bucket", ["le": "0.06"]) ?? 0 > 0)
            }
        }
    }

    @Test func `both pages have the metrics that are promised`() async throws {
        try await TestDatabase.with { database in
            let ingest = try await IngestProgram(database)
            let worker = try await WorkerProgram(database, ["WORKER_METRICS_LISTEN": "127.0.0.1:0"])
            let ofBoth: Set = ["plane_build_info", "process_start_time_seconds"]
            let missing = ofBoth.union([
                "github_mcp_webhook_total", "plane_ingest_request_seconds", "plane_ingest_commit_seconds",
            ]).subtracting(Self.names(try await Self.page(of: ingest)))
            #expect(missing == [])
            let missingAtWorker = ofBoth.union([
                "github_mcp_sync_total", "github_mcp_sync_duration_seconds", "plane_worker_claim_seconds",
                "plane_worker_event_latency_seconds", "plane_worker_retries_total", "plane_queue_events",
                "plane_queue_oldest_pending_seconds", "plane_queue_limited_events", "plane_fleet_workers",
                "plane_outbound_objects", "plane_outbound_oldest_seconds", "plane_outbound_look_seconds",
                "plane_outbound_look_age_seconds", "plane_worker_outbound_total", "plane_worker_outbound_looks_total",
                "plane_worker_outbound_conflicts_total", "plane_worker_outbound_adopted_total",
                "plane_outbound_writes",
            ]).subtracting(Self.names(try await worker.get("/metrics").body))
            #expect(missingAtWorker == [])
        }
    }

    @Test func `whatever names a sender invents, no series is added for them`() async throws {
        try await IngestProgram.with { ingest, _ in
            let body = "{\"action\":\"opened\"}"
            // One of each kind first: answers have a series once there was one.
            #expect(try await ingest.deliver(body, event: "unheard_of").status == 200)
            #expect(try await ingest.deliver(body, event: "unheard_of", secret: "wrong").status == 401)
            #expect(try await ingest.deliver(body, path: IngestProgram.path + "a/").status == 401)
            let before = Self.series(try await Self.page(of: ingest))
            for number in 1...40 {
                let event = ["x\(number)", "issues\"} 1 #\(number)", "\\\\n{\(number)}", "Issues\(number)"][number % 4]
                #expect(try await ingest.deliver(body, event: event, id: "d\(number)").status == 200)
                #expect(try await ingest.deliver(body, event: event, secret: "wrong").status == 401)
                #expect(try await ingest.deliver(body, path: IngestProgram.path + "source-\(number)/").status == 401)
            }
            let page = try await Self.page(of: ingest)
            #expect(Self.series(page) == before)
            let other = ["event_type": "other", "status": "ignored"]
            #expect(MetricsText(page).value("github_mcp_webhook_total", other) == 41)
            #expect(try Self.check(page) == "")
        }
    }

    private static func page(of ingest: IngestProgram) async throws -> String {
        try await ingest.metrics()
    }
}
