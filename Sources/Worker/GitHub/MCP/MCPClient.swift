import Base
import Foundation
import GitHub
import JSON

/// GitHub through its MCP server, for where there is such a server and no access to REST.
///
/// It reads less than REST, see `MCPIssueReading`, and can do less, see `MCPCapabilities`. Each call is made once; only
/// where the server surely did nothing, because it no longer knows our session, the call is made a second time.
package final class MCPClient: Sendable {
    private let sessions: MCPSessions
    private let token: Secret?
    private let now: @Sendable () -> Timestamp
    /// For a whole call, with the handshake that it may begin with.
    private let limit: Duration

    package convenience init(_ config: MCPConfig, log: Log) { self.init(config, log, limit: .seconds(20)) }

    init(
        _ config: MCPConfig,
        _ log: Log,
        limit: Duration,
        maximumBytes: Int = 16 << 20,
        backoff: Backoff = Backoff(from: .seconds(1), to: .seconds(60)),
        now: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        sessions = MCPSessions(MCPServer(config, log, maximumBytes: maximumBytes, backoff: backoff, now: now))
        token = config.token
        self.limit = limit
        self.now = now
    }

    /// Ends the session, and the program if the server is one, within a few seconds; the next call begins anew.
    package func end() async { await sessions.end() }

    /// What the server can do, by the tools that it lists.
    package func capabilities() async throws(GitHubError) -> MCPCapabilities {
        try await session(until: .now + limit).0.tools.capabilities
    }

    /// The version of the protocol that is spoken with the server.
    package func protocolVersion() async throws(GitHubError) -> String {
        try await session(until: .now + limit).0.era.version
    }

    private func session(until deadline: ContinuousClock.Instant) async throws(GitHubError) -> (MCPSession, Int) {
        do {
            return try await sessions.current(until: deadline)
        } catch {
            throw openingError(error)
        }
    }

    /// Calls the tool for an operation on a repository, with arguments that may depend on what the server can do.
    func call<Content>(
        _ operation: MCPOperation,
        in repository: RepositoryName,
        creates: Bool = false,
        arguments: (MCPCapabilities) throws(GitHubError) -> [(String, JSONValue)],
        read: (MCPContent) throws(PayloadProblem) -> Content
    ) async throws(GitHubError) -> Content {
        let deadline = ContinuousClock.now + limit
        var isRepeated = false
        while true {
            guard !Task.isCancelled else { throw .cancelled }
            let (session, number) = try await session(until: deadline)
            var request = MCPRequest(method: "tools/call", creates: creates)
            let arguments = try arguments(session.tools.capabilities)
            request.call = try Self.toolCall(operation, in: repository, arguments, session.tools)
            do throws(MCPFailure) {
                let response = try await session.transport.exchange(request, in: session.era, until: deadline)
                return try content(of: response, to: request, read)
            } catch {
                if error.isOutdated { sessions.drop(number) }
                guard error.isOutdated, !isRepeated else { throw self.error(error, of: request) }
                isRepeated = true
            }
        }
    }

    private static func toolCall(
        _ operation: MCPOperation,
        in repository: RepositoryName,
        _ arguments: [(String, JSONValue)],
        _ tools: MCPTools
    ) throws(GitHubError) -> MCPToolCall {
        guard let (tool, method) = tools.tool(for: operation) else {
            throw .validation("the MCP server has no tool for this: \(operation.rawValue)")
        }
        let names = repository.description.split(separator: "/").map { JSONValue.string(String($0)) }
        let place = zip(["owner", "repo"], names).map { ($0, $1) }
        let methods = method.map { [("method", JSONValue.string($0))] } ?? []
        return MCPToolCall(tool: tool, arguments: methods + place + arguments)
    }

    private func content<Content>(
        of response: MCPResponse,
        to request: MCPRequest,
        _ read: (MCPContent) throws(PayloadProblem) -> Content
    ) throws(MCPFailure) -> Content {
        do {
            return try read(MCPContent(response.result()))
        } catch MCPContent.Failure.words(let words) {
            throw .failed(GitHubError(words: shown(words), to: request, now: now()))
        } catch MCPContent.Failure.unreadable(let reason) {
            throw .failed(request.failure("the answer cannot be read: \(reason)"))
        } catch {
            throw .failed(request.failure("the answer cannot be read: \(error)"))
        }
    }

    private func error(_ failure: MCPFailure, of request: MCPRequest) -> GitHubError {
        switch failure {
        case .outdated(let reason): .transient(reason)
        case .refused(let refusal):
            GitHubError(words: shown(refusal.message), code: refusal.code, to: request, now: now())
        case .failed(let error): error
        }
    }

    /// Nothing was asked of GitHub yet, so whatever the server says is not about an object there.
    private func openingError(_ failure: MCPFailure) -> GitHubError {
        guard case .refused(let refusal) = failure else { return error(failure, of: MCPRequest(method: "")) }
        return .transient("the MCP server refuses: \(GitHubError.line(shown(refusal.message)))")
    }

    private func shown(_ words: String) -> String { token?.hidden(in: words) ?? words }
}

extension MCPFailure {
    /// Whether the server did nothing because it is not as it was when the session was opened.
    fileprivate var isOutdated: Bool {
        switch self {
        case .outdated: true
        case .refused(let refusal):
            switch refusal.code {
            case MCPRefusal.headerMismatch, MCPRefusal.unsupportedVersion: true
            case MCPRefusal.invalidParameters: refusal.message.lowercased().contains(/unknown tool|tool .*not found/)
            default: false
            }
        case .failed: false
        }
    }
}
