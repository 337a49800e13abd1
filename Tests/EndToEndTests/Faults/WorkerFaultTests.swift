import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// Workers that die, freeze, lose their connections or their clock: every effect still comes exactly once.
@Suite(.serialized) struct WorkerFaultTests {
    @Test(.timeLimit(.minutes(15)))
    func `workers killed at random moments lose nothing and double nothing`() async throws {
        let kills = TestEnvironment.includesFaults ? 50 : 8
        try await FaultBench.with { bench in
            // More than the workers can do meanwhile: whoever is killed holds something.
            let load = FaultLoad(issues: Int64(kills) * 60)
            let feeding = Task { try await Self.feed(load, to: bench, over: .milliseconds(kills * 200)) }
            var workers = [try await bench.worker(), try await bench.worker()]
            for _ in 1...kills {
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...450)))
                let victim = Int.random(in: workers.indices)
                workers[victim].program.send(SIGKILL)
                #expect(try await workers[victim].program.wait() == -SIGKILL)
                workers[victim] = try await bench.worker()
            }
            try await feeding.value
            let lastKill = ContinuousClock.now
            try await bench.expectAllOnce(load, within: .seconds(180))
            let recovery = ContinuousClock.now - lastKill
            let rescued = try await bench.connection.rescuedCount()
            print(
                "killed workers: \(kills) kills, \(load.deliveries.count) deliveries, \(rescued) rescued, done \(recovery) after the last kill"
            )
            #expect(rescued > 0)
            for worker in workers { #expect(try await worker.stop() == 0) }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `what a killed worker held is worked on again soon after its lease`() async throws {
        try await FaultBench.with { bench in
            let load = FaultLoad(issues: 3)
            try await bench.enqueue(load.deliveries)
            let blocker = bench.database.connection("blocker")
            // Holds the worker in mid-sync: it waits for the version rows, which somebody else has.
            try await blocker.holdVersions()
            let victim = try await bench.worker()
            let isHeld = try await eventually { try await bench.connection.statusCounts()[.processing] ?? 0 > 0 }
            #expect(isHeld)
            victim.program.send(SIGKILL)
            _ = try await victim.program.wait()
            let killed = ContinuousClock.now
            try await blocker.letGo()
            let heir = try await bench.worker()
            try await bench.expectAllOnce(load)
            let recovery = ContinuousClock.now - killed
            print("killed worker: everything done \(recovery) after the kill, the lease being \(FaultBench.lease) s")
            #expect(recovery < .seconds(FaultBench.lease + 8))
            #expect(try await heir.stop() == 0)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a worker frozen past its lease writes nothing when it wakes`() async throws {
        let rounds = TestEnvironment.includesFaults ? 10 : 2
        var refused = 0
        for _ in 1...rounds {
            try await FaultBench.with { bench in
                let load = FaultLoad(issues: 5)
                try await bench.enqueue(load.deliveries)
                let blocker = bench.database.connection("blocker")
                try await blocker.holdVersions()
                let frozen = try await bench.worker()
                let isHeld = try await eventually { try await bench.connection.statusCounts()[.processing] ?? 0 > 0 }
                #expect(isHeld)
                frozen.program.send(SIGSTOP)
                try await blocker.letGo()
                let heir = try await bench.worker()
                try await bench.expectAllOnce(load)

                frozen.program.send(SIGCONT)
                #expect(try await frozen.program.waitForOutput("another owner"))
                // It goes on as if nothing had been, and so does the queue.
                try await bench.expectAllOnce(load)
                #expect(try await frozen.stop() == 0)
                #expect(try await heir.stop() == 0)
            }
            refused += 1
        }
        print("frozen workers: \(rounds) woke after their leases, \(refused) refused by the fence, 0 stale commits")
    }

    @Test(.timeLimit(.minutes(15)))
    func `connections cut at random cost nothing`() async throws {
        let seconds = TestEnvironment.includesFaults ? 30 : 4
        try await FaultBench.with { bench in
            let load = FaultLoad(issues: Int64(seconds) * 25)
            let feeding = Task { try await Self.feed(load, to: bench, over: .seconds(seconds)) }
            let workers = [try await bench.worker(), try await bench.worker()]
            let axe = bench.database.connection("axe")
            var cut = 0
            let end = ContinuousClock.now + .seconds(seconds)
            while ContinuousClock.now < end {
                cut += try await axe.terminateOne()
                try await Task.sleep(for: .milliseconds(60))
            }
            try await feeding.value
            try await bench.expectAllOnce(load)
            print("cut connections: \(cut) cut, \(load.deliveries.count) deliveries once each")
            #expect(cut > 5)
            for worker in workers { #expect(worker.program.isRunning) }
            for worker in workers { #expect(try await worker.stop() == 0) }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a payload that kills its worker ends failed and takes nobody along`() async throws {
        try await FaultBench.with { bench in
            let load = FaultLoad(issues: 30)
            var poison = SampleIssue(999)
            poison.title = "test hook: crash"
            let killer = FaultLoad.Delivery(
                id: "killer",
                event: "issues",
                body: String(decoding: poison.event("opened"), as: UTF8.self)
            )
            try await bench.enqueue(load.deliveries.prefix(90) + [killer] + load.deliveries.dropFirst(90))
            var deaths = 0
            let end = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < end, try await !bench.connection.isDrained() {
                // What systemd does: a worker that died is started again.
                let worker = try await bench.worker(["PLANE_TEST_HOOKS": "1"])
                _ = try await eventually(within: .seconds(30)) {
                    let isDrained = try await bench.connection.isDrained()
                    return !worker.program.isRunning || isDrained
                }
                if worker.program.isRunning { #expect(try await worker.stop() == 0) } else { deaths += 1 }
            }
            let rescued = try await bench.connection.rescuedCount()
            print("deadly payload: \(deaths) workers died of it, \(rescued) events had been with one of them")
            #expect(deaths == 3)
            let failures = try await bench.connection.failures()
            #expect(failures.count == 1)
            #expect(failures.first?.contains("the lease of worker") == true)
            #expect(try await bench.connection.statusCounts() == [.completed: load.deliveries.count, .failed: 1])
            #expect(try await bench.connection.brokenRules() == [])
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a payload that never comes back ends failed and blocks nobody for long`() async throws {
        try await FaultBench.with { bench in
            let load = FaultLoad(issues: 5)
            var poison = SampleIssue(999)
            poison.title = "test hook: hang"
            let hanging = FaultLoad.Delivery(
                id: "hanging",
                event: "issues",
                body: String(decoding: poison.event("opened"), as: UTF8.self)
            )
            try await bench.enqueue([hanging] + load.deliveries)
            var ends = 0
            let end = ContinuousClock.now + .seconds(90)
            while ContinuousClock.now < end, try await !bench.connection.isDrained() {
                let worker = try await bench.worker(["PLANE_TEST_HOOKS": "1", "WORKER_TIME_LIMIT": "1"])
                _ = try await eventually(within: .seconds(40)) {
                    let isDrained = try await bench.connection.isDrained()
                    return !worker.program.isRunning || isDrained
                }
                if worker.program.isRunning { #expect(try await worker.stop() == 0) } else { ends += 1 }
            }
            print("hanging payload: \(ends) processes ended themselves")
            #expect(ends == 3)
            #expect(try await bench.connection.statusCounts() == [.completed: load.deliveries.count, .failed: 1])
        }
    }

    @Test(.enabled(if: FaultBench.fakeTime != nil, "needs Debian's libfaketime"), .timeLimit(.minutes(15)))
    func `a worker whose clock is an hour off changes nothing`() async throws {
        let library = try #require(FaultBench.fakeTime)
        try await FaultBench.with { bench in
            let load = FaultLoad(issues: 60)
            let feeding = Task { try await Self.feed(load, to: bench, over: .seconds(3)) }
            let workers = [
                try await bench.worker(),
                try await bench.worker(["LD_PRELOAD": library, "FAKETIME": "+1h", "FAKETIME_DONT_FAKE_MONOTONIC": "1"]),
                try await bench.worker(["LD_PRELOAD": library, "FAKETIME": "-1h", "FAKETIME_DONT_FAKE_MONOTONIC": "1"]),
            ]
            try await feeding.value
            try await bench.expectAllOnce(load)
            print("clocks off: \(try await bench.connection.rescuedCount()) rescued")
            #expect(try await bench.connection.rescuedCount() == 0)
            #expect(workers[1].program.text.contains("\"time\":\"\(Self.hour(1))"))
            for worker in workers { #expect(try await worker.stop() == 0) }
        }
    }

    /// The beginning of a time stamp so many hours from now.
    private static func hour(_ hours: Double) -> String {
        String(Date(timeIntervalSinceNow: hours * 3_600).formatted(.iso8601).prefix(13))
    }

    /// Enqueues a load in portions over a stretch of time.
    private static func feed(_ load: FaultLoad, to bench: FaultBench, over time: Duration) async throws {
        let portions = 20
        let size = (load.deliveries.count + portions - 1) / portions
        for start in stride(from: 0, to: load.deliveries.count, by: size) {
            try await bench.enqueue(load.deliveries[start..<min(start + size, load.deliveries.count)])
            try await Task.sleep(for: time / portions)
        }
    }
}

extension FaultBench {
    /// The library that lies about the time.
    static let fakeTime = ["x86_64", "aarch64"]
        .map { "/usr/lib/\($0)-linux-gnu/faketime/libfaketime.so.1" }
        .first { FileManager.default.fileExists(atPath: $0) }
}

extension Connection {
    fileprivate func holdVersions() throws {
        try run(["begin", "lock table github_sync.github_issue_versions in exclusive mode"])
    }

    fileprivate func letGo() throws {
        try run("commit")
    }

    /// Cuts one of the workers' connections to this database.
    fileprivate func terminateOne() throws -> Int {
        try run(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and application_name like 'plane-worker %'
            order by random() limit 1
            """
        ).count
    }
}
