import Database
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// Ingest nodes that die and clients that misbehave: what was answered is stored, and honest senders are served.
@Suite(.serialized) struct IngestFaultTests {
    @Test(.timeLimit(.minutes(15)))
    func `an ingest node killed under load has stored whatever it answered`() async throws {
        let kills = TestEnvironment.includesFaults ? 20 : 5
        try await FaultBench.with { bench in
            let load = FaultLoad(issues: Int64(kills) * 15)
            let ledger = FaultLedger()
            let node = SharedValue(try await IngestProgram(bench.database))
            let queue = SharedValue(load.deliveries[...])
            try await withThrowingTaskGroup { senders in
                for _ in 1...8 {
                    senders.addTask {
                        while let next = queue.with({ $0.popFirst() }) {
                            try await ledger.deliver(next) { node.with { $0 } }
                        }
                    }
                }
                for _ in 1...kills {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 50...250)))
                    let victim = node.with { $0 }
                    victim.program.send(SIGKILL)
                    _ = try await victim.program.wait()
                    let heir = try await IngestProgram(bench.database)
                    node.with { $0 = heir }
                }
                try await senders.waitForAll()
            }
            let stored = try await bench.connection.storedDeliveries()
            print("killed ingest: \(kills) kills, \(ledger.text), \(stored.count) stored")
            #expect(ledger.accepted.subtracting(stored) == [])
            #expect(stored.count == load.deliveries.count)

            let worker = try await bench.worker()
            try await bench.expectAllOnce(load)
            #expect(try await worker.stop() == 0)
            #expect(try await node.with { $0 }.stop() == 0)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `two thousand bad connections keep nobody waiting`() async throws {
        let seconds = TestEnvironment.includesFaults ? 60 : 10
        try await FaultBench.with { bench in
            let node = try await IngestProgram(bench.database)
            let before = try node.program.memory.peak
            let crowd = BadCrowd(port: node.port, size: 2_000)
            defer { crowd.leave() }
            let load = FaultLoad(issues: 400)
            let ledger = FaultLedger()
            let end = ContinuousClock.now + .seconds(seconds)
            var deliveries = load.deliveries[...]
            while ContinuousClock.now < end, let next = deliveries.popFirst() {
                crowd.drip()
                try await ledger.deliver(next) { node }
                try await Task.sleep(for: .milliseconds(seconds * 5))
            }
            let after = try node.program.memory.peak
            print(
                "bad crowd: \(crowd.connected) connections for \(seconds) s, \(crowd.replaced) replaced after they were cut off, "
                    + "\(ledger.text), the slowest 202 after \(ledger.slowest), memory \(before) → \(after) kB"
            )
            #expect(crowd.connected > 1_900)
            #expect(crowd.replaced > 100)
            // How many there are depends on the machine.
            #expect(ledger.accepted.count > 20)
            #expect(ledger.slowest < .seconds(1))
            #expect(after < 150_000)
            #expect(try await node.stop() == 0)
        }
    }
}

/// Connections that send a byte now and then, half a head, or nothing and half-closed; from many addresses.
private final class BadCrowd: Sendable {
    private struct State {
        var descriptors: [Int32] = []
        var replaced = 0
        var connected = 0
    }

    private let port: Int
    private let state = Mutex(State())

    init(port: Int, size: Int) {
        self.port = port
        for number in 0..<size { join(number) }
    }

    var connected: Int { state.withLock { $0.connected } }
    var replaced: Int { state.withLock { $0.replaced } }

    /// Every member sends one more byte; one that was cut off comes back.
    func drip() {
        let descriptors = state.withLock { $0.descriptors }
        for (number, descriptor) in descriptors.enumerated() {
            // A slow sender of a head; every seventh is half-closed and can send nothing.
            guard !number.isMultiple(of: 7), Glibc.send(descriptor, "X", 1, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) < 0,
                errno != EAGAIN
            else { continue }
            close(descriptor)
            state.withLock { $0.replaced += 1 }
            join(number)
        }
    }

    func leave() {
        state.withLock { state in
            state.descriptors.forEach { close($0) }
            state.descriptors = []
        }
    }

    private func join(_ number: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // 127.0.0.2 to 127.0.0.101: the limit per address is not what is tested here.
        let source = "127.0.0.\(number % 100 + 2)"
        let isBound = LoopbackAddress.use(source, 0) { bind(descriptor, $0, $1) } == 0
        let isConnected = isBound && LoopbackAddress.use("127.0.0.1", port) { connect(descriptor, $0, $1) } == 0
        if isConnected {
            let opening =
                number.isMultiple(of: 3) ? "POST /api/webhooks/github-mcp/ HTTP/1.1\r\nHost: a\r\nX-Slow: " : ""
            _ = Glibc.send(descriptor, opening, opening.utf8.count, Int32(MSG_NOSIGNAL))
            if number.isMultiple(of: 7) { shutdown(descriptor, Int32(SHUT_WR)) }
        }
        state.withLock { state in
            if isConnected { state.connected += 1 }
            if number < state.descriptors.count {
                state.descriptors[number] = descriptor
            } else {
                state.descriptors.append(descriptor)
            }
        }
    }
}

extension Connection {
    fileprivate func storedDeliveries() throws -> Set<String> {
        Set(try run("select delivery_id from github_sync.github_webhook_events").map { try $0.get("delivery_id") })
    }
}
