import Base
import Foundation
import GitHub
import JSON
import TestSupport
import Testing

@testable import GitHubClient

/// Servers that are programs: in both eras, with every way to fail, and nothing left of them at the end.
@Suite(.timeLimit(.minutes(10))) struct MCPProgramFaultTests {
    private static func run(
        _ mode: String,
        limit: Duration = .seconds(10),
        _ body: (MCPClient, MCPProgram) async throws -> Void
    ) async throws {
        let program = try MCPProgram(mode)
        let client = program.client(limit: limit)
        try await body(client, program)
        await client.end()
        for process in program.processes { #expect(!exists(process)) }
    }

    /// Also a process that nobody has waited for.
    private static func exists(_ process: pid_t) -> Bool { kill(process, 0) == 0 }

    private static func read(_ number: Int64, _ client: MCPClient) async -> GitHubError? {
        await error { () throws(GitHubError) in try await client.issue(number, in: .hello) }
    }

    private static func comment(_ number: Int64, _ client: MCPClient, body: String = "B") async -> GitHubError? {
        await error { () throws(GitHubError) in try await client.addComment(on: number, in: .hello, body: body) }
    }

    private static let broken = "the connection broke before the whole answer was here"
    private static let late = "there was no whole answer in time"

    @Test(arguments: ["modern", "legacy", "strict", "silent"]) func `both eras`(mode: String) async throws {
        try await Self.run(mode) { client, program in
            for _ in 0..<3 { #expect(await Self.read(7, client) == nil) }
            #expect(await Self.read(9, client) == .notFound)
            let calls = Array(repeating: "tools/call", count: 4)
            let opening =
                mode == "modern"
                ? ["tools/list"]
                : (mode == "silent" ? ["notifications/cancelled"] : []) + [
                    "initialize", "notifications/initialized", "tools/list",
                ]
            #expect(program.methods == ["server/discover"] + opening + calls)
            #expect(program.processes.count == (mode == "strict" ? 2 : 1))
        }
    }

    @Test func `the token is in the environment only`() async throws {
        try await Self.run("modern") { client, program in
            #expect(await Self.read(3, client) == nil)
            let process = try #require(program.processes.first)
            let line = try String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
            let environment = try String(contentsOfFile: "/proc/\(process)/environ", encoding: .utf8)
            #expect(line.contains("server.py") && !line.contains("hunter2"))
            let variables = environment.split(separator: "\0").map(String.init)
            #expect(variables.sorted() == ["GITHUB_PERSONAL_ACCESS_TOKEN=hunter2hunter2", "PATH=/usr/bin:/bin"])
            // Only its own three streams.
            let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")
            #expect(descriptors.sorted() == ["0", "1", "2"])
        }
    }

    @Test func `what it says on standard error is logged, a little of it, without secrets`() async throws {
        try await Self.run("modern") { client, program in
            #expect(await Self.read(3, client) == nil)
            await client.end()
            #expect(program.log.contains("the token is <secret> or <secret>"))
            #expect(!program.log.contains("hunter2") && !program.log.contains("ghp_"))
            #expect(program.log.contains(String(repeating: "x", count: 500)))
            #expect(!program.log.contains(String(repeating: "x", count: 501)))
            // Twenty in a second, and it took two at most.
            #expect(program.log.contains("line 17") && (20...40).contains(program.log.split(separator: "\n").count))
        }
    }

    @Test(arguments: [1, 4] as [Int64])
    func `a server that ends in a call leaves the outcome unknown, and is started again`(
        number: Int64
    ) async throws {
        try await Self.run("modern") { client, program in
            #expect(await Self.comment(number, client) == .outcomeUnknown(Self.broken))
            guard case .transient("the MCP server does not run", .some) = await Self.read(7, client) else {
                Issue.record("it was started again at once")
                return
            }
            try await Task.sleep(for: .milliseconds(250))
            #expect(await Self.read(7, client) == nil)
            #expect(program.processes.count == 2)
            let first = try #require(program.processes.first)
            #expect(!Self.exists(first))
        }
    }

    @Test func `a server that ends between two calls did nothing`() async throws {
        try await Self.run("modern") { client, program in
            #expect(await Self.comment(10, client) == .outcomeUnknown("the answer cannot be read: id: missing"))
            try await Task.sleep(for: .milliseconds(200))
            guard case .transient("the MCP server does not run", .some) = await Self.comment(7, client) else {
                Issue.record("no pause")
                return
            }
            let end = ContinuousClock.now + .seconds(5)
            while await Self.read(7, client) != nil, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(program.processes.count == 2)
        }
    }

    @Test func `a server that ends at once is started after longer and longer pauses`() async throws {
        try await Self.run("broken", limit: .seconds(5)) { client, program in
            let end = ContinuousClock.now + .seconds(3)
            while ContinuousClock.now < end {
                guard case .transient = await Self.read(7, client) else {
                    Issue.record("no transient error")
                    return
                }
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect((3...12).contains(program.processes.count))
        }
    }

    @Test func `a program that cannot be started is no server`() async throws {
        let command = MCPCommand(words: ["/etc/hostname"])
        let client = MCPClient(.command(command), Log { _ in }, limit: .seconds(5))
        guard case .transient("the MCP server does not run", .some) = await Self.read(7, client) else {
            Issue.record("it was started")
            return
        }
    }

    @Test func `a call that has no answer ends in time, and the next one is answered`() async throws {
        try await Self.run("modern", limit: .seconds(2)) { client, program in
            #expect(await Self.comment(2, client) == .outcomeUnknown(Self.late))
            #expect(await Self.read(7, client) == nil)
            let call = Task { await Self.read(2, client) }
            try await Task.sleep(for: .milliseconds(200))
            let start = ContinuousClock.now
            call.cancel()
            #expect(await call.value == .cancelled)
            #expect(ContinuousClock.now - start < .seconds(1))
            #expect(await Self.read(7, client) == nil)
            #expect(program.processes.count == 1)
            #expect(program.methods.filter { $0 == "notifications/cancelled" }.count == 2)
        }
    }

    @Test func `a server that hangs is ended, and started again`() async throws {
        try await Self.run("modern", limit: .seconds(1)) { client, program in
            _ = try await client.capabilities()
            for _ in 0..<3 { #expect(await Self.comment(2, client) == .outcomeUnknown(Self.late)) }
            let end = ContinuousClock.now + .seconds(8)
            while await Self.read(7, client) != nil, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(program.processes.count == 2)
        }
    }

    @Test func `a modern server that is slow at its start is found out`() async throws {
        try await Self.run("late", limit: .seconds(4)) { client, program in
            #expect(await Self.read(7, client) == nil)
            #expect(program.methods.filter { $0 == "initialize" }.count == 1)
        }
    }

    @Test func `a call ends when another ends the server`() async throws {
        try await Self.run("modern") { client, _ in
            _ = try await client.capabilities()
            async let call = Self.read(2, client)
            try await Task.sleep(for: .milliseconds(200))
            await client.end()
            #expect(await call == .transient(Self.broken))
        }
    }

    @Test func `the last words of a server that has ended count`() async throws {
        let mailbox = try #require(MCPMailbox())
        let response = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"
        let pipes = try #require(MCPPipes(MCPCommand(words: ["/bin/echo", response])))
        let end = ContinuousClock.now + .seconds(10)
        var facts = siginfo_t()
        while facts.si_signo == 0 {
            try #require(waitid(P_PID, id_t(pipes.process), &facts, WEXITED | WNOHANG | WNOWAIT) == 0)
            try #require(ContinuousClock.now < end)
            try await Task.sleep(for: .milliseconds(5))
        }
        let outcome = await withCheckedContinuation { continuation in
            let call = MCPMailbox.Call(
                id: 1,
                line: "{}",
                deadline: end,
                cancellation: HTTPCancellation(),
                continuation: continuation
            )
            mailbox.add(call)
            Thread.detachNewThread {
                let log = MCPErrorLog(Log { _ in }, hiding: nil)
                var loop = MCPProcessLoop(pipes, mailbox, maximumBytes: 1000, log)
                loop.run()
            }
        }
        #expect(try outcome.get()?.bytes == Array(response.utf8))
    }

    /// The other one keeps the output open, so that it has no end.
    @Test func `a server that ends leaves nothing that it has started`() async throws {
        try await Self.run("modern") { client, program in
            let start = ContinuousClock.now
            #expect(await Self.comment(11, client) == .outcomeUnknown(Self.broken))
            #expect(ContinuousClock.now - start < .seconds(5))
            let child = try #require(program.children.first)
            // What init has not yet waited for has no command line any more.
            func line() -> String { (try? String(contentsOfFile: "/proc/\(child)/cmdline", encoding: .utf8)) ?? "" }
            while !line().isEmpty, ContinuousClock.now - start < .seconds(10) {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(line().isEmpty)
        }
    }

    @Test func `a server that never worked is ended, too`() async throws {
        try await Self.run("mute", limit: .milliseconds(500)) { client, _ in
            #expect(await Self.read(7, client) != nil)
        }
    }

    @Test func `calls are answered in any order`() async throws {
        try await Self.run("modern") { client, _ in
            await withTaskGroup { group in
                for number in [8, 7, 8, 7, 9] as [Int64] {
                    group.addTask {
                        let failure = await Self.read(number, client)
                        #expect(failure == (number == 9 ? .notFound : nil))
                    }
                }
            }
        }
    }

    @Test func `other lines are no answer, and a ping gets one`() async throws {
        try await Self.run("modern") { client, _ in #expect(await Self.read(5, client) == nil) }
    }

    @Test func `a line without end ends the server`() async throws {
        try await Self.run("modern") { client, program in
            #expect(await Self.comment(6, client) == .outcomeUnknown("the answer is too large"))
            let process = try #require(program.processes.first)
            let end = ContinuousClock.now + .seconds(8)
            while Self.exists(process), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
            #expect(!Self.exists(process))
        }
    }

    @Test func `a server that reads nothing holds nobody up`() async throws {
        try await Self.run("deaf", limit: .seconds(2)) { client, _ in
            _ = try await client.capabilities()
            let large = String(repeating: "x", count: 300_000)
            // The second is not begun before the first is written.
            async let first = Self.comment(7, client, body: large)
            try await Task.sleep(for: .milliseconds(300))
            async let second = Self.comment(7, client, body: large)
            #expect(await first == .outcomeUnknown(Self.late))
            #expect(await second == .transient(Self.late))
        }
    }

    @Test(arguments: ["modern", "stubborn"]) func `nothing is left of a server at the end`(mode: String) async throws {
        let program = try MCPProgram(mode)
        let client = program.client()
        #expect(await Self.read(7, client) == nil)
        let process = try #require(program.processes.first)
        let start = ContinuousClock.now
        await client.end()
        #expect(!Self.exists(process))
        #expect(ContinuousClock.now - start < (mode == "modern" ? .milliseconds(1900) : .seconds(8)))
    }

    @Test func `a client that is gone ends its server`() async throws {
        let program = try MCPProgram("modern")
        #expect(await Self.read(7, program.client()) == nil)
        let process = try #require(program.processes.first)
        let end = ContinuousClock.now + .seconds(8)
        while Self.exists(process), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
        #expect(!Self.exists(process))
    }
}
