import Foundation
import TestSupport
import Testing

/// Strangers, who know no secret: whatever they send, those who know it are served.
@Suite(.serialized, .timeLimit(.minutes(15))) struct IngestStrangerTests {
    private static let count = TestEnvironment.includesFaults ? 100 : 40

    @Test(arguments: StrangerScript.bodies)
    func `bodies of strangers keep no signed delivery waiting`(_ script: StrangerScript) async throws {
        let settings = script.isForwarded ? ["TRUSTED_PROXIES": "127.0.0.2"] : [:]
        try await IngestProgram.with(settings) { ingest, database in
            let crowd = StrangerCrowd(script, port: ingest.port, sources: StrangerCrowd.manyFromOne)
            defer { crowd.leave() }
            try await Task.sleep(for: .seconds(1))
            // Who comes through the proxy too is known by what it says.
            let source = script.isForwarded ? "127.0.0.2" : "127.0.0.1"
            let count = Self.count
            let quick = try await Self.deliver(count, over: .milliseconds(120 * count), to: ingest, from: source)
            let memory = try ingest.program.memory.peak
            print("\(script.testDescription): \(quick) of \(count) in time, \(crowd.returned) came back, \(memory) kB")
            #expect(quick >= count - 1)
            #expect(memory < 300_000)
            #expect(try await database.storedEvents().count >= quick)
        }
    }

    @Test(arguments: ["/metrics", IngestProgram.path, "/readyz", "/nothing"])
    func `requests sent ahead by strangers keep no signed delivery waiting`(_ path: String) async throws {
        try await IngestProgram.with { ingest, _ in
            let script = StrangerScript(200, ahead: path)
            let sources = [String](repeating: "127.0.0.2", count: 250)
            let crowd = StrangerCrowd(script, port: ingest.port, sources: sources)
            defer { crowd.leave() }
            try await Task.sleep(for: .seconds(1))
            let quick = try await Self.deliver(20, over: .seconds(4), to: ingest, from: "127.0.0.1")
            print("\(script.testDescription): \(quick) of 20 in time")
            #expect(quick == 20)
        }
    }

    @Test func `behind one address strangers with large bodies leave room for small ones`() async throws {
        try await IngestProgram.with { ingest, _ in
            // A proxy that is not trusted: everybody seems to be it.
            let sources = [String](repeating: "127.0.0.1", count: 200)
            let crowd = StrangerCrowd(StrangerScript.bodies[0], port: ingest.port, sources: sources)
            defer { crowd.leave() }
            try await Task.sleep(for: .seconds(1))
            #expect(try await Self.deliver(50, over: .seconds(6), to: ingest, from: "127.0.0.1") >= 49)
        }
    }

    @Test func `a body that falls silent is ended within seconds, however much came before`() async throws {
        try await IngestProgram.with { ingest, _ in
            let http = try TestHTTP(port: ingest.port)
            let start = ContinuousClock.now
            try await http.write(
                Array(StrangerScript.bodies[0].head.utf8) + [UInt8](repeating: 0x20, count: 16 << 20)
            )
            #expect(try await http.read().status == 408)
            #expect(ContinuousClock.now - start < .seconds(10))
            #expect(try await eventually { try await ingest.metric("plane_ingest_bytes_in_flight") == 0 })
        }
    }

    /// Sends signed deliveries, each over a connection of its own.
    /// - Returns: how many got their 202 in less than half of the ten seconds that GitHub waits. Each starts anew with a
    ///   connection, and strangers keep both processors busy.
    private static func deliver(
        _ count: Int,
        over time: Duration,
        to ingest: IngestProgram,
        from source: String
    ) async throws -> Int {
        let body = Array(SampleDelivery().issue.utf8)
        let forwarded = source == "127.0.0.1" ? [] : [("X-Forwarded-For", "203.0.113.9")]
        var quick = 0
        for _ in 0..<count {
            let start = ContinuousClock.now
            let answer = try? await TestHTTP(port: ingest.port, from: source)
                .send("POST", IngestProgram.path, IngestProgram.fields(body) + forwarded, body: body)
            if answer?.status == 202, ContinuousClock.now - start < .seconds(5) { quick += 1 }
            try await Task.sleep(for: time / count)
        }
        return quick
    }
}
