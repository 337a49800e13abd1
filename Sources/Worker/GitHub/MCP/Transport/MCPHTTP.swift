import Base
import Foundation
import JSON
import Synchronization

/// MCP over Streamable HTTP: each message is a POST, and what comes back is one document or a stream of events.
///
/// No redirect is followed, so only the server that was configured gets the token.
final class MCPHTTP: MCPTransport {
    private let url: String
    private let token: Secret
    private let maximumBytes: Int
    private let now: @Sendable () -> Timestamp
    private let session = HTTPSession()
    private let lastID = Atomic(0)

    init(_ url: String, _ token: Secret, maximumBytes: Int, now: @escaping @Sendable () -> Timestamp) {
        self.url = url
        self.token = token
        self.maximumBytes = maximumBytes
        self.now = now
    }

    func exchange(
        _ request: MCPRequest,
        in era: MCPEra,
        until deadline: ContinuousClock.Instant
    ) async throws(MCPFailure) -> MCPResponse {
        let id = lastID.add(1, ordering: .relaxed).newValue
        let reader = MCPAnswerReader(id)
        // Cancelled when the response is here.
        async let _: Void = answer(reader.answers, in: era, until: deadline)
        let answer: HTTPAnswer
        do {
            let post = httpRequest(.post, request.fields(in: era), request.message(id, in: era))
            answer = try await session.send(
                post,
                until: deadline,
                maximumBytes: maximumBytes,
                isEnough: reader.receive
            )
        } catch {
            throw .failed(request.failure(error))
        }
        guard (200..<300).contains(answer.status) else { throw failure(of: request, answer, in: era) }
        guard let message = reader.response(in: answer) else {
            throw .failed(request.failure("the answer of the MCP server has no response"))
        }
        let isFirst = request.method == MCPEra.initialize.method
        return try MCPResponse(message, session: isFirst ? sessionID(of: answer) : nil)
    }

    func notify(_ message: String, in era: MCPEra, until deadline: ContinuousClock.Instant) async throws(MCPFailure) {
        let request = MCPRequest(method: "notification")
        let answer: HTTPAnswer
        do {
            let post = httpRequest(.post, era.fields, message)
            answer = try await session.send(post, until: deadline, maximumBytes: maximumBytes)
        } catch {
            throw .failed(request.failure(error))
        }
        guard (200..<300).contains(answer.status) else { throw failure(of: request, answer, in: era) }
    }

    var mayMissUnknownRequests: Bool { false }

    func abandon() {}

    func end(_ era: MCPEra) async {
        guard case .legacy(_, .some) = era else { return }
        let request = httpRequest(.delete, era.fields, nil)
        // A server may refuse this, or have ended it already.
        _ = try? await session.send(request, until: .now + .seconds(3), maximumBytes: maximumBytes)
    }

    private func answer(
        _ answers: AsyncStream<String>,
        in era: MCPEra,
        until deadline: ContinuousClock.Instant
    ) async {
        // In the modern era a server asks nothing.
        guard era != .modern else { return }
        for await answer in answers { try? await notify(answer, in: era, until: deadline) }
    }

    private func httpRequest(_ method: APIRequest.Method, _ fields: [String], _ body: String?) -> HTTPRequest {
        let common = [
            "Authorization: Bearer \(token.reveal())",
            "Accept: application/json, text/event-stream",
            "User-Agent: plane-github-sync/\(Version.current)",
        ]
        let type = body.map { _ in ["Content-Type: application/json"] } ?? []
        return HTTPRequest(method: method, url: url, fields: common + type + fields, body: body)
    }

    /// What a status means: it is about the server and the request, never about an object of GitHub's.
    private func failure(of request: MCPRequest, _ answer: HTTPAnswer, in era: MCPEra) -> MCPFailure {
        let words = "the MCP server answers with status \(answer.status)"
        switch answer.status {
        case 401: return .failed(.unauthorized)
        case 403: return .failed(.forbidden(words))
        case 404 where era.session != nil: return .outdated("the MCP session has ended")
        case 413: return .failed(.validation(words))
        case 429: return .failed(RateLimitRefusal(answer, now: now())?.error(at: now()) ?? .transient(words))
        case 300..<400: return .failed(.transient(words))
        case 400..<500:
            let refusal = (try? JSONDocument(answer.body)).flatMap { MCPRefusal($0, status: answer.status) }
            return refusal.map { .refused($0) } ?? .outdated(words)
        default:
            let wait = RateLimitRefusal.retryAfter(answer.fields, now: now())
            return .failed(request.failure(words, until: wait.map { now().later(bySeconds: $0) }))
        }
    }

    private func sessionID(of answer: HTTPAnswer) throws(MCPFailure) -> String? {
        guard let id = answer.fields["mcp-session-id"] else { return nil }
        guard id.utf8.count <= 1000, Secret(id).isFieldValue else {
            throw .failed(.transient("the MCP server's session id cannot be sent back"))
        }
        return id
    }
}
