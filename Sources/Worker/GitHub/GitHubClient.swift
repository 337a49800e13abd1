import Base
import Database
import Foundation
import JSON

/// GitHub's REST API.
///
/// Each call is made once: whether and when to try again is for the caller to decide, by the error. Only a token that
/// GitHub refuses is replaced and the call repeated, because a refused call did nothing.
package struct GitHubClient: Sendable {
    /// Less urgent calls leave a part of GitHub's limit to others; to begin with, all leave the most.
    package var priority = CallPriority.sweep
    let credentials: GitHubConfig.Credentials
    let transport: MeteredTransport
    let now: @Sendable () -> Timestamp
    /// For a whole call, with its redirects and tokens, and with what it waits for its turn.
    let limit: Duration
    private let authentication: Authentication

    private enum Authentication {
        case person(TokenOwner)
        case app(AppKey, InstallationTokens)
    }

    /// A client that shares GitHub's limits and its tokens with all workers, through a connection of its own.
    package init(_ config: GitHubConfig, sharing connection: Connection) {
        self.init(config, APITransport(config.address), sharing: connection)
    }

    /// Without a connection nothing is counted; that is for tests of the client itself.
    init(
        _ config: GitHubConfig,
        _ transport: APITransport,
        sharing connection: Connection?,
        limit: Duration = .seconds(20),
        now: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        credentials = config.credentials
        self.transport = MeteredTransport(transport, connection.map { FleetBudget($0, now: now) })
        self.limit = limit
        self.now = now
        authentication =
            switch config.credentials {
            case .token(let token): .person(TokenOwner(of: token, self.transport, now: now))
            case .app(let key): .app(key, InstallationTokens(key, self.transport, connection, now: now))
            }
    }

    /// Makes a call.
    /// - Returns: a success, or "not modified" if the request has an ETag.
    func call(_ request: APIRequest) async throws(GitHubError) -> HTTPAnswer {
        let deadline = ContinuousClock.now + limit
        let answer =
            switch (authentication, request.scope) {
            case (.person(let owner), _):
                try await transport.send(request, as: owner.caller(until: deadline), priority, until: deadline)
            case (.app(let key, _), .app):
                try await transport.send(request, as: key.caller(at: now()), priority, until: deadline)
            case (.app(_, let tokens), .repository(let repository)):
                try await send(request, to: repository, with: tokens, until: deadline)
            }
        if let error = GitHubError(answer, to: request, now: now()) { throw error }
        return answer
    }

    private func send(
        _ request: APIRequest,
        to repository: RepositoryName,
        with tokens: InstallationTokens,
        until deadline: ContinuousClock.Instant
    ) async throws(GitHubError) -> HTTPAnswer {
        let token = try await tokens.token(for: repository, until: deadline)
        let answer = try await transport.send(request, as: token.caller, priority, until: deadline)
        guard answer.status == 401 else { return answer }
        try await tokens.drop(token)
        let newer = try await tokens.token(for: repository, until: deadline)
        let second = try await transport.send(request, as: newer.caller, priority, until: deadline)
        if second.status == 401 { try await tokens.park(newer) }
        return second
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

/// It shows nothing of its keys, tokens and connections, some of which change while somebody looks.
extension GitHubClient: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: []) }
}
