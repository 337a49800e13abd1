import Base
import Foundation
import Synchronization

/// The way to an MCP server: to the same address each time, or to a program that is started if it does not run.
final class MCPServer: Sendable {
    private enum Way {
        case http(MCPHTTP)
        case program(MCPCommand)
    }

    private struct State {
        var process: MCPProcess?
        var backoff: Backoff
        var notBefore = ContinuousClock.now
    }

    private let way: Way
    private let log: Log
    private let maximumBytes: Int
    private let now: @Sendable () -> Timestamp
    private let state: Mutex<State>

    /// A program that lived this long has worked, and is started again at once.
    private static let longLife: Duration = .seconds(10)

    init(
        _ config: MCPConfig,
        _ log: Log,
        maximumBytes: Int,
        backoff: Backoff,
        now: @escaping @Sendable () -> Timestamp
    ) {
        switch config {
        case .http(let url, let token): way = .http(MCPHTTP(url, token, maximumBytes: maximumBytes, now: now))
        case .command(let command): way = .program(command)
        }
        self.log = log
        self.maximumBytes = maximumBytes
        self.now = now
        state = Mutex(State(backoff: backoff))
    }

    /// A program that ends again and again is started after longer and longer pauses, unless `isUrgent`.
    func transport(isUrgent: Bool = false) throws(MCPFailure) -> any MCPTransport {
        switch way {
        case .http(let http): return http
        case .program(let command):
            let (process, pause) = state.withLock { state in
                let process = runningProcess(command, isUrgent, &state)
                return (process, state.notBefore - .now)
            }
            if let process { return process }
            let until = Timestamp(microseconds: now().microseconds + Int64(pause / .microseconds(1)))
            throw .failed(.transient("the MCP server does not run", until: until))
        }
    }

    /// Ends the program if there is one, and waits a few seconds at most.
    func end() async { await state.withLock { $0.process }?.end(.modern) }

    private func runningProcess(_ command: MCPCommand, _ isUrgent: Bool, _ state: inout State) -> MCPProcess? {
        if let process = state.process {
            guard process.hasEnded else { return process }
            log(.warning, "the MCP server has ended", [.durationSeconds: process.age])
            state.process = nil
            if process.age > Self.longLife { state.backoff.reset() } else { pause(&state) }
        }
        guard isUrgent || state.notBefore <= .now else { return nil }
        state.process = MCPProcess(command, maximumBytes: maximumBytes, log)
        if state.process == nil {
            log(.error, "the MCP server cannot be started")
            pause(&state)
        }
        return state.process
    }

    private func pause(_ state: inout State) { state.notBefore = .now + state.backoff.next() }
}
