import Base
import Synchronization

/// The session with a server that all callers share; who comes while it is being opened waits for that.
final class MCPSessions: Sendable {
    private struct State {
        var session: MCPSession?
        /// Counts sessions, so that nobody drops one that came later than his.
        var number = 0
        /// Which era the server was found to be of.
        var isLegacy = false
    }

    private let server: MCPServer
    private let gate = Gate()
    private let state = Mutex(State())

    init(_ server: MCPServer) { self.server = server }

    func current(until deadline: ContinuousClock.Instant) async throws(MCPFailure) -> (MCPSession, number: Int) {
        if let open = openSession { return open }
        guard await gate.enter() else { throw .failed(.cancelled) }
        defer { gate.leave() }
        if let open = openSession { return open }
        guard deadline > .now else { throw .failed(.transient(TransportFailure.Reason.timedOut.rawValue)) }
        var isLegacy = state.withLock { $0.isLegacy }
        defer { state.withLock { $0.isLegacy = isLegacy } }
        let session = try await MCPSession(server, isLegacy: &isLegacy, until: deadline)
        return state.withLock { state in
            state.session = session
            state.number += 1
            return (session, state.number)
        }
    }

    private var openSession: (MCPSession, number: Int)? {
        state.withLock { state in state.session.map { ($0, state.number) } }
    }

    /// Forgets a session that no longer fits its server.
    func drop(_ number: Int) {
        let session = state.withLock { state -> MCPSession? in
            guard state.number == number else { return nil }
            defer { state.session = nil }
            return state.session
        }
        session?.transport.abandon()
    }

    /// Ends the session, with its program if it has one, within a few seconds.
    func end() async {
        let session = state.withLock { state in
            defer { state.session = nil }
            return state.session
        }
        if let session { await session.transport.end(session.era) }
        // There may be a program without a session.
        await server.end()
    }
}
