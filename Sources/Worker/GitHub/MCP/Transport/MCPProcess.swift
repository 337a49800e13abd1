import Base
import Foundation
import JSON
import Synchronization

/// MCP over the standard input and output of a program, from its start to its end: one message is one line.
///
/// A thread serves the program; callers wait without one. The program ends when this object does, or when `end` is
/// called: its input is closed, then it gets SIGTERM, then SIGKILL.
final class MCPProcess: MCPTransport {
    private let mailbox: MCPMailbox
    private let lastID = Atomic(0)
    private let startedAt = ContinuousClock.now

    /// Nil if the program cannot be started.
    init?(_ command: MCPCommand, maximumBytes: Int, _ log: Log) {
        guard let mailbox = MCPMailbox(), let pipes = MCPPipes(command) else { return nil }
        self.mailbox = mailbox
        let thread = Thread {
            let errors = MCPErrorLog(log, hiding: command.token)
            var loop = MCPProcessLoop(pipes, mailbox, maximumBytes: maximumBytes, errors)
            loop.run()
        }
        thread.name = "mcp"
        thread.start()
    }

    deinit { mailbox.end() }

    /// Whether it takes no more requests.
    var hasEnded: Bool { mailbox.isClosed }
    var age: Duration { .now - startedAt }

    func exchange(
        _ request: MCPRequest,
        in era: MCPEra,
        until deadline: ContinuousClock.Instant
    ) async throws(MCPFailure) -> MCPResponse {
        let id = lastID.add(1, ordering: .relaxed).newValue
        switch await send(request.message(id, in: era), id, until: deadline) {
        case .success(let message?): return try MCPResponse(message)
        case .success(nil): throw .failed(request.failure("the MCP server gives no response"))
        case .failure(let failure) where failure.reason == .notConnected: throw .outdated("the MCP server has ended")
        case .failure(let failure): throw .failed(request.failure(failure))
        }
    }

    func notify(_ message: String, in era: MCPEra, until deadline: ContinuousClock.Instant) async throws(MCPFailure) {
        guard case .failure = await send(message, nil, until: deadline) else { return }
        throw .outdated("the MCP server has ended")
    }

    var mayMissUnknownRequests: Bool { true }

    func abandon() { mailbox.end() }

    func end(_ era: MCPEra) async {
        mailbox.end()
        await mailbox.untilEnded()
    }

    private func send(
        _ message: String,
        _ id: Int?,
        until deadline: ContinuousClock.Instant
    ) async -> Result<JSONDocument?, TransportFailure> {
        let cancellation = HTTPCancellation()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                mailbox.add(
                    MCPMailbox.Call(
                        id: id,
                        line: message,
                        deadline: deadline,
                        cancellation: cancellation,
                        continuation: continuation
                    )
                )
            }
        } onCancel: {
            cancellation.cancel()
            mailbox.ring()
        }
    }
}
