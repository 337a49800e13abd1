import Base
import Database
import Foundation
import TestSupport
import Testing

/// What a running worker shows of itself at WORKER_METRICS_LISTEN.
@Suite struct WorkerMetricsTests {
    private static let listen = ["WORKER_METRICS_LISTEN": "127.0.0.1:0"]
    private static let direction = ["direction": "from_github"]

    /// Runs `body` with a worker that shows its metrics, on a database where acme/rocket is connected.
    private static func with(
        _ settings: [String: String] = [:],
        _ body: @Sendable (WorkerProgram, Connection) async throws -> Void
    ) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rocket = SampleRepository.rocket
            _ = try await connection.connectRepository(rocket.id, rocket.fullName)
            let worker = try await WorkerProgram(database, listen.merging(settings) { $1 })
            try await body(worker, connection)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `each event is counted once by its outcome, and the page is in Prometheus' format`() async throws {
        try await Self.with { worker, connection in
            var issue = SampleIssue(1)
            issue.title = "New"
            issue.updatedAt = SampleIssue.time(60)
            // One after the other, so that the older one is superseded by what was written, too.
            try await connection.insert(issue.event("edited"))
            #expect(try await eventually { try await connection.isDrained() })
            try await connection.insert(SampleIssue(1).event("opened"))
            try await connection.insert(SampleIssue(2).event("created", SampleComment(3)), "issue_comment")
            try await connection.insert(SampleIssue(1).event("escalated"))
            try await connection.insert(Array("{}".utf8))
            #expect(try await eventually { try await connection.isDrained() })
            // The counts follow the commit that the test sees.
            #expect(try await eventually { try await worker.count("failed") == 1 })
            // A page stands for a second.
            #expect(try await eventually { try await worker.metrics().value("plane_worker_leases_held") == 0 })

            let page = try await worker.metrics()
            #expect(page.problems == [])
            for (status, count) in [
                ("completed", 2.0), ("superseded", 1), ("ignored", 1), ("failed", 1), ("retried", 0),
            ] {
                #expect(try await worker.count(status) == count, "\(status)")
            }
            #expect(page.value("plane_worker_claimed_events_total") == 5)
            #expect(page.value("plane_worker_batch_events_sum") == 5)
            let batches = page.value("plane_worker_batch_events_count")
            #expect(page.value("github_mcp_sync_duration_seconds_count", Self.direction) == batches)
            #expect(page.value("plane_worker_event_latency_seconds_count") == 4)
            #expect(page.value("plane_worker_event_latency_seconds_bucket", ["le": "30"]) == 4)
            #expect(page.value("plane_worker_event_latency_seconds_sum") ?? 0 > 0)
            #expect(page.value("plane_worker_claim_seconds_count") ?? 0 > batches ?? 0)
            #expect(page.value("plane_worker_database_errors_total", ["kind": "unavailable"]) == 0)
            #expect(page.value("plane_worker_leases_held") == 0)
            #expect(page.value("plane_worker_slots") == 2)
            #expect(page.value("plane_queue_oldest_pending_seconds") != nil)
            #expect(page.value("plane_queue_events", ["status": "processing"]) != nil)
            #expect(try await worker.stop() == 0)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `an event that fails is counted as retried each time and then as failed`() async throws {
        try await Self.with(["WORKER_BACKOFF": "0", "WORKER_MAX_RETRIES": "2"]) { worker, connection in
            try await connection.execute(
                "alter table public.issues add constraint none check (sequence_id < 0) not valid"
            )
            try await connection.insert(SampleIssue(1).event("opened"))
            #expect(try await eventually { try await connection.isDrained() })
            #expect(try await eventually { try await worker.count("failed") == 1 })
            let page = try await worker.metrics()
            #expect(try await worker.count("retried") == 2)
            #expect(page.value("plane_worker_retries_total") == 2)
            #expect(page.value("plane_worker_database_errors_total", ["kind": "row"]) == 3)
            #expect(page.value("plane_worker_event_latency_seconds_count") == 0)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `events of a lost worker are counted as rescued`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.insert(SampleIssue(1).event("opened"))
            try await connection.insert(SampleIssue(2).event("opened"))
            try await connection.execute(
                """
                update github_sync.github_webhook_events
                set status = 'processing', claim_token = gen_random_uuid(), claimed_by = 'lost',
                    lease_until = now() - interval '1 minute',
                    crash_count = case when id = (
                        select id from github_sync.github_webhook_events order by id limit 1
                    ) then 2 else 0 end
                """
            )
            let worker = try await WorkerProgram(database, Self.listen)
            #expect(try await eventually { try await connection.isDrained() })
            let page = try await worker.metrics()
            #expect(page.value("plane_worker_rescued_events_total", ["status": "pending"]) == 1)
            #expect(page.value("plane_worker_rescued_events_total", ["status": "failed"]) == 1)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `the three paths answer GET and HEAD, others do not`() async throws {
        try await Self.with { worker, _ in
            #expect(try await worker.get("/healthz").body == "ok\n")
            #expect(try await eventually { try await worker.get("/readyz").status == 200 })
            let page = try await worker.get("/metrics")
            #expect(page.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(try await worker.get("/metrics", method: "HEAD").status == 200)
            let refused = try await worker.get("/metrics", method: "POST")
            #expect(refused.status == 405)
            #expect(refused.fields["allow"] == "GET, HEAD")
            #expect(try await worker.get("/").status == 404)
            #expect(try await worker.get("/metrics/").json["error"] == .text("not_found"))
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a database that hangs costs readiness and the queue's figures, not the page`() async throws {
        try await Self.with(["WORKER_LEASE": "2"]) { worker, connection in
            #expect(try await eventually { try await worker.get("/readyz").status == 200 })
            let blocker = Connection(connection.config)
            try await blocker.execute("begin")
            try await blocker.execute("lock table github_sync.github_webhook_events in access exclusive mode")
            #expect(try await eventually { try await worker.get("/readyz").status == 503 })
            let answer = try await worker.get("/readyz")
            #expect(answer.body.contains("No claim or renewal has succeeded"))
            #expect(try await worker.get("/healthz").status == 200)
            // Earlier figures may stand for five seconds.
            let isWithout = try await eventually {
                let page = try await worker.metrics()
                #expect(page.problems == [])
                #expect(page.value("plane_worker_slots") == 2)
                return page.value("plane_queue_oldest_pending_seconds") == nil
            }
            #expect(isWithout)
            try await blocker.execute("commit")
            #expect(try await eventually { try await worker.get("/readyz").status == 200 })
            #expect(try await worker.stop() == 0)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `the page is there while the database is not, and ends with the process`() async throws {
        let worker = try await WorkerProgram(url: "postgres://nobody@127.0.0.1:1/none", Self.listen, ready: false)
        #expect(try await worker.program.waitForOutput("\"listening\""))
        #expect(try await worker.get("/healthz").status == 200)
        let answer = try await worker.get("/readyz")
        #expect(answer.status == 503)
        #expect(answer.json["detail"] == .text("The database has not been checked yet."))
        #expect(try await worker.metrics().problems == [])

        let port = try worker.metricsPort
        let idle = try TestHTTP(port: port)
        #expect(try await idle.send("GET", "/healthz").status == 200)
        #expect(try await worker.stop() == 0)
        #expect(throws: TestHTTP.Broken.self) { try TestHTTP(port: port) }
    }

    @Test(arguments: [
        ("9187", Int32(2), "WORKER_METRICS_LISTEN: '9187' is not a valid address"),
        ("192.0.2.1:9187", 1, "cannot listen on 192.0.2.1:9187: bind:"),
    ])
    func `an address that cannot be used ends the start with a reason`(
        text: String,
        status: Int32,
        reason: String
    ) async throws {
        try await TestDatabase.with { database in
            let worker = try await WorkerProgram(database, ["WORKER_METRICS_LISTEN": text], ready: false)
            #expect(try await worker.program.wait() == status)
            #expect(try await worker.program.said(reason), "\(worker.program.text)")
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `the page of plane-ingest is in the same format`() async throws {
        try await IngestProgram.with { ingest, _ in
            #expect(try await ingest.deliver(SampleDelivery().issue).status == 202)
            let page = MetricsText(try await TestHTTP(port: ingest.port).send("GET", "/metrics").body)
            #expect(page.problems == [])
            let labels = ["event_type": "issues", "status": "accepted"]
            #expect(page.value("github_mcp_webhook_total", labels) == 1)
        }
    }
}

extension WorkerProgram {
    /// The count of `github_mcp_sync_total`.
    fileprivate func count(_ status: String) async throws -> Double? {
        try await metrics().value("github_mcp_sync_total", ["status": status, "direction": "from_github"])
    }
}

extension Connection {
    fileprivate func insert(_ payload: [UInt8], _ type: String = "issues") throws {
        let id = UUID()
        try run(
            """
            insert into github_sync.github_webhook_events (id, delivery_id, event_type, payload)
            values (\(id), \(id.text), \(type), \(JSONText(payload)))
            """
        )
    }
}
