import Base
import Foundation
import Synchronization
import TestSupport
import Testing

/// What is said to a service manager, over a real datagram socket.
@Suite(.timeLimit(.minutes(10))) struct ServiceNotifierTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
        var log: Log { Log { [self] line in all.withLock { $0.append(String(decoding: line, as: UTF8.self)) } } }
    }

    private static func notifier(
        _ name: String,
        _ values: [String: String] = [:],
        process: Int32 = 42,
        log: Log = Lines().log
    ) throws -> ServiceNotifier? {
        let values = values.merging(["NOTIFY_SOCKET": name]) { $1 }
        return try ServiceNotifier(Environment(values), process: process, log: log)
    }

    @Test(arguments: [false, true]) func `ready is said once, stopping with its time`(isAbstract: Bool) async throws {
        let socket = try TestNotifySocket(isAbstract: isAbstract)
        let notifier = try #require(try Self.notifier(socket.name))
        notifier.ready()
        notifier.ready()
        notifier.stopping(within: .seconds(12))
        notifier.ready()
        #expect(try await socket.wait(for: "STOPPING=1"))
        #expect(socket.messages == [["READY=1"], ["STOPPING=1", "EXTEND_TIMEOUT_USEC=12000000"]])
    }

    @Test func `without NOTIFY_SOCKET there is nobody to tell`() throws {
        #expect(try ServiceNotifier(Environment(["WATCHDOG_USEC": "1000"]), log: Lines().log) == nil)
    }

    @Test(arguments: ["relative", "vsock:2:1234", "@", "/" + String(repeating: "x", count: 107)])
    func `an address of another kind is refused by its name`(name: String) throws {
        #expect(throws: Environment.Problem.self) { try Self.notifier(name) }
    }

    @Test func `a program that is alive says so twice in the time of the watchdog, and its status when it changes`()
        async throws
    {
        let socket = try TestNotifySocket()
        let notifier = try #require(try Self.notifier(socket.name, ["WATCHDOG_USEC": "100000", "WATCHDOG_PID": "42"]))
        let status = Mutex("one")
        notifier.ready()
        let start = ContinuousClock.now
        let task = Task { await notifier.run(status: { status.withLock { $0 } }, while: { true }) }
        #expect(try await eventually { socket.count(of: "WATCHDOG=1") >= 5 })
        let elapsed = ContinuousClock.now - start
        status.withLock { $0 = "two" }
        #expect(try await socket.wait(for: "STATUS=two"))
        task.cancel()
        await task.value
        #expect(elapsed >= .milliseconds(190))
        #expect(socket.count(of: "STATUS=one") == 1)
        #expect(socket.count(of: "STATUS=two") == 1)
        #expect(!socket.lines.contains { $0.hasPrefix("EXTEND") })
    }

    @Test func `a program that does not move says nothing until it moves again`() async throws {
        let socket = try TestNotifySocket()
        let notifier = try #require(try Self.notifier(socket.name, ["WATCHDOG_USEC": "20000"]))
        let asked = Mutex(0)
        let isAlive = Mutex(false)
        let task = Task {
            await notifier.run(status: { "x" }) {
                asked.withLock { $0 += 1 }
                return isAlive.withLock { $0 }
            }
        }
        #expect(try await eventually { asked.withLock { $0 } >= 10 })
        #expect(socket.lines == [])
        isAlive.withLock { $0 = true }
        #expect(try await socket.wait(for: "WATCHDOG=1"))
        task.cancel()
        await task.value
    }

    @Test(arguments: [["WATCHDOG_USEC": "20000", "WATCHDOG_PID": "43"], ["WATCHDOG_USEC": "0"], [:]])
    func `a watchdog that is none of ours hears nothing`(values: [String: String]) async throws {
        let socket = try TestNotifySocket()
        let notifier = try #require(try Self.notifier(socket.name, values))
        let task = Task { await notifier.run(status: { "waiting" }, while: { true }) }
        #expect(try await socket.wait(for: "STATUS=waiting"))
        task.cancel()
        await task.value
        // The start may take longer than the unit allows, while the program gives signs of life.
        #expect(socket.lines == ["EXTEND_TIMEOUT_USEC=30000000", "STATUS=waiting"])
    }

    @Test func `a manager that does not listen is logged once and told when it does`() async throws {
        let lines = Lines()
        let socket = try TestNotifySocket()
        unlink(socket.name)
        let notifier = try #require(try Self.notifier(socket.name, ["WATCHDOG_USEC": "20000"], log: lines.log))
        notifier.ready()
        #expect(lines.all.withLock { $0 }.count == 1)
        #expect(lines.all.withLock { $0 }.first?.contains("the service manager cannot be told") == true)

        let asked = Mutex(0)
        let task = Task {
            await notifier.run(status: { "x" }) {
                asked.withLock { $0 += 1 }
                return true
            }
        }
        #expect(try await eventually { asked.withLock { $0 } >= 3 })
        let second = try TestNotifySocket(at: socket.name)
        #expect(try await second.wait(for: "READY=1"))
        #expect(try await second.wait(for: "STATUS=x"))
        task.cancel()
        await task.value
        #expect(second.count(of: "READY=1") == 1)
        #expect(lines.all.withLock { $0 }.count == 1)
    }

    @Test func `a watchdog of no number is refused`() throws {
        #expect(throws: Environment.Problem("WATCHDOG_USEC is 'soon', expected a number from 0 to 2147483647000000")) {
            try Self.notifier("/run/notify", ["WATCHDOG_USEC": "soon"])
        }
    }
}
