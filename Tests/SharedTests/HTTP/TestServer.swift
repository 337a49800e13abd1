import HTTP
import Synchronization

/// A server on a free port of loopback, with everything it reported.
final class TestServer: Sendable {
    let server: HTTPServer
    private let reported: ReportLog

    var port: Int { server.port }
    var events: [HTTPServerEvent] { reported.events.withLock { $0 } }

    private init(_ limits: HTTPLimits, loops: Int, _ service: HTTPService) throws {
        let log = ReportLog()
        reported = log
        server = try HTTPServer(
            listen: ListenAddress("127.0.0.1:0"),
            limits: limits,
            loops: loops,
            service: service,
            report: { event in log.events.withLock { $0.append(event) } }
        )
    }

    /// Serves while `body` runs, then stops; a server that does not stop hangs the test into its time limit.
    static func run(
        _ limits: HTTPLimits = .quick,
        loops: Int = 2,
        service: HTTPService = .hits,
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let server = try TestServer(limits, loops: loops, service)
        let task = Task { await server.server.run() }
        do {
            try await body(server)
        } catch {
            task.cancel()
            await task.value
            throw error
        }
        task.cancel()
        await task.value
    }

    /// Serves in a task of its own, for tests of how it ends.
    static func start(_ limits: HTTPLimits = .quick, service: HTTPService) throws -> (TestServer, Task<Void, Never>) {
        let server = try TestServer(limits, loops: 2, service)
        return (server, Task { await server.server.run() })
    }

    /// Waits until the statistics say so; the loop that counts has no other way to tell.
    func until(_ condition: (HTTPStatistics) -> Bool) async throws {
        while !condition(server.statistics) { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Waits until no loop listens any more: then all of them know that they are to end.
    func untilRefusing() async throws {
        while true {
            do { _ = try TestClient(port: port) } catch is TestClient.Gone { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

private final class ReportLog: Sendable {
    let events = Mutex<[HTTPServerEvent]>([])
}

extension HTTPLimits {
    /// Limits for tests: deadlines nobody has to wait for, kept to 10 ms.
    static var quick: HTTPLimits {
        var limits = HTTPLimits()
        limits.tick = .milliseconds(10)
        limits.drainDeadline = .seconds(5)
        return limits
    }
}
