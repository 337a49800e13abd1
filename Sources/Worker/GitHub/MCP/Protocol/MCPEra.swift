import Base
import JSON

/// Which kind of MCP a server speaks.
enum MCPEra: Sendable, Equatable {
    /// Version 2026-07-28: there is no handshake, and each request stands alone.
    case modern
    /// A version before that, agreed on in a handshake, perhaps with the id of a session.
    case legacy(version: String, session: String?)

    static let modernVersion = "2026-07-28"
    /// The newest first.
    static let legacyVersions = ["2025-11-25", "2025-06-18", "2025-03-26"]

    static let clientInfo: JSONValue = .object([
        "name": .string("plane-github-sync"), "version": .string("\(Version.current)"),
    ])

    var version: String {
        switch self {
        case .modern: Self.modernVersion
        case .legacy(let version, _): version
        }
    }

    var session: String? {
        guard case .legacy(_, let session) = self else { return nil }
        return session
    }

    static let initialize = MCPRequest(
        method: "initialize",
        params: [
            ("protocolVersion", .string(legacyVersions[0])), ("capabilities", .members([])), ("clientInfo", clientInfo),
        ]
    )
}

/// Why a request has no result.
enum MCPFailure: Error {
    /// The server did nothing, because it no longer knows our session, its era or the tool: the session is to be opened
    /// anew.
    case outdated(String)
    case refused(MCPRefusal)
    case failed(GitHubError)
}

/// A way to an MCP server.
protocol MCPTransport: Sendable {
    /// Sends a request.
    /// - Returns: the response, which has a result.
    func exchange(
        _ request: MCPRequest,
        in era: MCPEra,
        until deadline: ContinuousClock.Instant
    ) async throws(MCPFailure) -> MCPResponse

    /// Sends a message that has no response.
    func notify(_ message: String, in era: MCPEra, until deadline: ContinuousClock.Instant) async throws(MCPFailure)

    /// Sends nothing more, and frees what the session holds here, without waiting.
    func abandon()

    /// Ends the session, and waits a few seconds at most.
    func end(_ era: MCPEra) async

    /// Whether it may be that nothing comes back for a request that the server does not know.
    var mayMissUnknownRequests: Bool { get }
}

extension MCPTransport {
    /// How long to wait for the answer to a request that the server may not know.
    func probeDeadline(_ deadline: ContinuousClock.Instant) -> ContinuousClock.Instant {
        mayMissUnknownRequests ? min(deadline, .now + (deadline - .now) / 4) : deadline
    }
}

struct MCPResponse: Sendable {
    private let message: JSONDocument
    /// The id of the session that begins with it.
    let session: String?

    /// - Throws: the error that the response has instead of a result.
    init(_ message: JSONDocument, session: String? = nil) throws(MCPFailure) {
        if let refusal = MCPRefusal(message) { throw .refused(refusal) }
        self.message = message
        self.session = session
    }

    func result() throws(PayloadProblem) -> JSONObject { try JSONObject(message).object("result") }
}
