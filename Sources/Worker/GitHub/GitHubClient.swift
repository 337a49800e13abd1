import Base
import Foundation
import JSON

/// GitHub's REST API.
///
/// Each call is made once: whether and when to try again is for the caller to decide, by the error. Only a token that
/// GitHub refuses is replaced and the call repeated, because a refused call did nothing.
package struct GitHubClient: Sendable {
    let credentials: GitHubConfig.Credentials
    let transport: APITransport
    let now: @Sendable () -> Timestamp
    /// For a whole call, with its redirects and tokens.
    let limit: Duration
    private let tokens: InstallationTokens?

    package init(_ config: GitHubConfig) {
        self.init(config, APITransport(config.address))
    }

    init(
        _ config: GitHubConfig,
        _ transport: APITransport,
        limit: Duration = .seconds(20),
        now: @escaping @Sendable () -> Timestamp = { Timestamp(Date()) }
    ) {
        credentials = config.credentials
        self.transport = transport
        self.limit = limit
        self.now = now
        switch config.credentials {
        case .token: tokens = nil
        case .app(let key): tokens = InstallationTokens(key, transport, now: now)
        }
    }

    /// Makes a call.
    /// - Returns: a success, or "not modified" if the request has an ETag.
    func call(_ request: APIRequest) async throws(GitHubError) -> HTTPAnswer {
        let deadline = ContinuousClock.now + limit
        let token = try await token(for: request.scope, until: deadline)
        var answer = try await transport.send(request, as: token, until: deadline)
        if answer.status == 401, let tokens, case .repository = request.scope {
            tokens.drop(token)
            let token = try await self.token(for: request.scope, until: deadline)
            answer = try await transport.send(request, as: token, until: deadline)
            if answer.status == 401 { tokens.drop(token) }
        }
        if let error = GitHubError(answer, to: request, now: now()) { throw error }
        return answer
    }

    private func token(
        for scope: APIRequest.Scope,
        until deadline: ContinuousClock.Instant
    ) async throws(GitHubError) -> Secret {
        switch (credentials, scope) {
        case (.token(let token), _): return token
        case (.app(let key), .app): return try key.validWebToken(at: now())
        case (.app, .repository(let repository)):
            guard let tokens else { throw .unauthorized }
            return try await tokens.token(for: repository, until: deadline)
        }
    }

    /// Reads one object, unless it is the version with the ETag.
    func read<Content: Sendable>(
        _ request: APIRequest,
        unless etag: String?,
        _ read: (JSONObject) throws(PayloadProblem) -> Content
    ) async throws(GitHubError) -> Answer<Conditional<Content>> {
        var request = request
        request.etag = etag
        let answer = try await call(request)
        if answer.status == 304 { return Answer(.notModified, answer) }
        return Answer(.modified(try answer.object(of: request, read)), answer)
    }

    /// Makes a call, and reads the object that GitHub answers with.
    func object<Content: Sendable>(
        of request: APIRequest,
        _ read: (JSONObject) throws(PayloadProblem) -> Content
    ) async throws(GitHubError) -> Answer<Content> {
        let answer = try await call(request)
        return Answer(try answer.object(of: request, read), answer)
    }
}

extension Timestamp {
    init(_ date: Date) { self.init(microseconds: Int64(date.timeIntervalSince1970 * 1_000_000)) }
}
