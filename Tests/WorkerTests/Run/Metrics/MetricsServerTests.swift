import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import HTTP
@testable import Queue
@testable import Run
@testable import Worker

@Suite struct MetricsServerTests {
    @Test(.timeLimit(.minutes(15)))
    func `a page does not wait for a database that takes connections and says nothing`() async throws {
        // Bound and never run: the system accepts, nobody answers. Fifty such hosts cost libpq a hundred seconds, and
        // the test's client waits for thirty.
        let silent = try HTTPServer(
            listen: ListenAddress("127.0.0.1:0"),
            loops: 1,
            service: HTTPService { _ in .respond(.text(500, "not reached")) }
        )
        let hosts = [String](repeating: "127.0.0.1:\(silent.port)", count: 50).joined(separator: ",")
        let queue = QueueGauges(
            DatabaseConfig(url: Secret("postgres://nobody@\(hosts)/none"), applicationName: "test")
        )
        let leases = Leases(lease: .seconds(60), timeLimit: .seconds(300))
        let server = try MetricsServer(
            listen: ListenAddress("127.0.0.1:0"),
            readiness: WorkerReadiness(lease: .seconds(60)),
            queue: queue,
            metrics: WorkerMetrics(leases: leases, slots: 1, queue: queue)
        )
        let serving = Task { await server.run() }
        let page = try await TestHTTP(port: Int(server.address.port)).send("GET", "/metrics")
        #expect(page.status == 200)
        #expect(!page.body.contains("plane_queue_events{"))
        serving.cancel()
        await serving.value
    }

    @Test(.timeLimit(.minutes(15))) func `who asks again within a second gets the same page`() async throws {
        let nowhere = DatabaseConfig(url: Secret("postgres://nobody@127.0.0.1:1/none"), applicationName: "test")
        let queue = QueueGauges(nowhere)
        let leases = Leases(lease: .seconds(60), timeLimit: .seconds(300))
        let metrics = WorkerMetrics(leases: leases, slots: 1, queue: queue)
        let server = try MetricsServer(
            listen: ListenAddress("127.0.0.1:0"),
            readiness: WorkerReadiness(lease: .seconds(60)),
            queue: queue,
            metrics: metrics
        )
        let serving = Task { await server.run() }
        // Two requests may be more than a second apart on a busy machine.
        let isSame = try await eventually {
            let page = try await TestHTTP(port: Int(server.address.port)).send("GET", "/metrics").body
            metrics.conflicts.add()
            return try await TestHTTP(port: Int(server.address.port)).send("GET", "/metrics").body == page
        }
        #expect(isSame)
        let isNew = try await eventually {
            let page = try await TestHTTP(port: Int(server.address.port)).send("GET", "/metrics").body
            return page.contains("plane_worker_conflicts_total \(metrics.conflicts.value)\n")
        }
        #expect(isNew)
        serving.cancel()
        await serving.value
    }
}
