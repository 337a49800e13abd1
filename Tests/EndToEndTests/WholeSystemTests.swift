import Database
import Foundation
import TestSupport
import Testing

/// A whole installation: nginx with TLS, two ingest nodes, three workers, PgBouncer and Prometheus.
@Suite struct WholeSystemTests {
    private struct System: Sendable {
        let database: TestDatabase
        let nodes: [IngestProgram]
        let workers: [WorkerProgram]
        let proxy: TestProxy
        let prometheus: TestPrometheus
    }

    private static func with(_ body: @Sendable (System) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let rocket = SampleRepository.rocket
            _ = try await database.connection().connectRepository(rocket.id, rocket.fullName)
            try await TestPooler.with(try TestEnvironment.server) { pooler in
                let pooled = TestDatabase(name: database.name, on: pooler.address)
                let node = ["DATABASE_POOLED": "true", "TRUSTED_PROXIES": "127.0.0.1"]
                let worker = ["DATABASE_POOLED": "true", "WORKER_METRICS_LISTEN": "127.0.0.1:0"]
                let nodes = [try await IngestProgram(pooled, node), try await IngestProgram(pooled, node)]
                let workers = [
                    try await WorkerProgram(pooled, worker), try await WorkerProgram(pooled, worker),
                    try await WorkerProgram(pooled, worker),
                ]
                let workerPorts = try workers.map { try $0.metricsPort }
                try await TestProxy.with(nodes.map(\.port)) { proxy in
                    try await TestPrometheus.with(nodes: nodes.map(\.port), workers: workerPorts) { prometheus in
                        try await body(
                            System(
                                database: database,
                                nodes: nodes,
                                workers: workers,
                                proxy: proxy,
                                prometheus: prometheus
                            )
                        )
                    }
                }
                for worker in workers { #expect(try await worker.stop() == 0) }
                for node in nodes { #expect(try await node.stop() == 0) }
            }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a thousand deliveries by HTTPS: views, status and Prometheus tell the same of them`() async throws {
        try await Self.with { system in
            let deliveries = (Int64(1)...500).flatMap { number in
                let issue = SampleIssue(number)
                return [
                    (event: "issues", id: "opened-\(number)", body: issue.event("opened")),
                    ("issue_comment", "commented-\(number)", issue.event("created", SampleComment(number))),
                ]
            }
            let start = ContinuousClock.now
            let answers = try await SecureDeliveries(to: system.proxy).send(deliveries)
            #expect(Dictionary(grouping: answers, by: \.status).mapValues(\.count) == [202: 1_000])
            // Once more, as GitHub does when asked to; each may meet the other node.
            let again = try await SecureDeliveries(to: system.proxy).send(Array(deliveries.prefix(40)))
            #expect(again.map(\.status) == Array(repeating: 202, count: 40))
            let connection = system.database.connection()
            #expect(try await eventually(within: .seconds(60)) { try await connection.isDrained() })
            print("a thousand deliveries by HTTPS, stored and synced: \(ContinuousClock.now - start)")
            #expect(try await connection.issueCount() == 500)
            #expect(try await connection.brokenRules() == [])

            try await Self.expectViews(system.database.connection(as: .monitor))
            try await Self.expectStatus(system.database)
            try await Self.expectPrometheus(system.prometheus)
            // Both nodes had their share.
            let shares = try await system.prometheus.query(
                "sum by (instance) (github_mcp_webhook_total{status=\"accepted\"})"
            )
            #expect(shares.count == 2)
            #expect(shares.allSatisfy { $0.value > 300 }, "\(shares)")
        }
    }

    private static func expectViews(_ monitor: Connection) async throws {
        let throughput = try await monitor.counts(
            """
            select sum(received)::int as a, sum(completed)::int as b, sum(failed)::int as c
            from github_sync.github_throughput
            """
        )
        #expect(throughput == [1_000, 1_000, 0])
        let rest = try await monitor.counts(
            """
            select
                (select count(*) from github_sync.github_queue_depth)::int as a,
                (select count(*) from github_sync.github_failures)::int as b,
                (select count(*) from github_sync.github_fleet where state = 'running')::int as c
            """
        )
        #expect(rest == [0, 0, 3])
        let latency = try await monitor.counts(
            """
            select sum(events)::int as a, (min(claim_p50) > 0)::int as b,
                bool_and(claim_p50 <= claim_p99 and complete_p50 <= complete_p99 and complete_p99 >= claim_p50)::int as c
            from github_sync.github_queue_latency
            """
        )
        #expect(latency == [1_000, 1, 1])
    }

    private static func expectStatus(_ database: TestDatabase) async throws {
        struct Status: Decodable {
            struct Queue: Decodable {
                let pendingDue: Int
                let pendingLater: Int
                let processing: Int
                let failed: Int
                let completedLastHour: Int
            }
            struct Worker: Decodable { let state: String }
            let queue: Queue
            let workers: [Worker]
        }
        let run = try await CommandsRun.worker(["status", "--json"], on: database, as: .monitor)
        #expect(run.status == 0, "\(run.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let status = try decoder.decode(Status.self, from: Data(run.output.utf8))
        #expect(status.queue.completedLastHour == 1_000)
        #expect(
            status.queue.pendingDue + status.queue.pendingLater + status.queue.processing + status.queue.failed == 0
        )
        #expect(status.workers.map(\.state) == ["running", "running", "running"])
    }

    /// A scrape after the last completion is on its way when this is asked.
    private static func expectPrometheus(_ prometheus: TestPrometheus) async throws {
        let expected: [(String, Double)] = [
            ("sum(up)", 5),
            ("sum(github_mcp_webhook_total{status=\"accepted\"})", 1_000),
            ("sum(github_mcp_webhook_total{status=\"duplicate\"})", 40),
            ("sum(github_mcp_sync_total{status=~\"completed|superseded|ignored\"})", 1_000),
            ("sum(github_mcp_sync_total{status!~\"completed|superseded|ignored\"})", 0),
            ("sum(plane_worker_claimed_events_total)", 1_000),
            ("sum(plane_worker_event_latency_seconds_count)", 1_000),
            ("max(plane_queue_events{status=\"pending\"})", 0),
            ("max(plane_queue_events{status=\"failed\"})", 0),
            ("max(plane_fleet_workers{state=\"running\"})", 3),
        ]
        for (expression, value) in expected {
            let holds = try await eventually(within: .seconds(20)) { try await prometheus.value(expression) == value }
            let found = try await prometheus.query(expression).map(\.value)
            #expect(holds, "\(expression) is \(found), not \(value)")
        }
        #expect(try await prometheus.query("ALERTS{alertstate=\"firing\"}").map(\.labels) == [])
    }

    @Test func `behind nginx the log names the client, a stranger finds nothing, and plain HTTP is sent away`()
        async throws
    {
        try await Self.with { system in
            let delivery = (event: "issues", id: "refused-1", body: SampleIssue(1).event("opened"))
            let answers = try await SecureDeliveries(to: system.proxy).send(
                [delivery],
                from: "127.0.0.2",
                secret: "not the secret"
            )
            #expect(answers.map(\.status) == [401])
            let isNamed = try await eventually {
                system.nodes.contains { $0.program.text.contains("\"address\":\"127.0.0.2\"") }
            }
            #expect(isNamed, "\(system.nodes.map(\.program.text))")
            let plain = try await TestHTTP(port: system.proxy.plainPort).send("POST", IngestProgram.path)
            #expect(plain.status == 301)
            #expect(plain.fields["location"] == "https://127.0.0.1\(IngestProgram.path)")
            for path in ["/metrics", "/healthz", "/readyz", "/"] {
                #expect(try await Self.secureStatus(path, system.proxy) == "404")
            }
            #expect(try await Self.secureStatus(IngestProgram.path, system.proxy) == "200")
        }
    }

    private static func secureStatus(_ path: String, _ proxy: TestProxy) async throws -> String {
        let curl = try TestProgram(
            URL(filePath: "/usr/bin/curl"),
            [
                "--silent", "--cacert", proxy.certificate.path, "--output", "/dev/null", "--write-out", "%{http_code}",
                "https://localhost:\(proxy.port)\(path)",
            ]
        )
        _ = try await curl.wait()
        return curl.text
    }
}

extension Connection {
    /// The columns a, b and c of the one row.
    fileprivate func counts(_ query: Query) throws -> [Int] {
        let row = try run(query)[0]
        return try ["a", "b", "c"].map { try row.get($0) }
    }
}
