import Base
import Foundation
import JSON
import Synchronization

/// Tokens of an App's installations, in memory only: made when needed, and again five minutes before they end.
///
/// Callers that come at the same moment may each make one: GitHub takes all of them, and nobody waits for another.
final class InstallationTokens: Sendable {
    private struct Token {
        let secret: Secret
        let expiresAt: Timestamp
    }

    private struct State {
        var installations: [RepositoryName: Int64] = [:]
        var tokens: [Int64: Token] = [:]
    }

    private let key: AppKey
    private let transport: APITransport
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    private static let early: Int64 = 5 * 60 * 1_000_000

    init(_ key: AppKey, _ transport: APITransport, now: @escaping @Sendable () -> Timestamp) {
        self.key = key
        self.transport = transport
        self.now = now
    }

    /// The token for a repository; the App must be installed on it.
    func token(
        for repository: RepositoryName,
        until deadline: ContinuousClock.Instant
    ) async throws(GitHubError) -> Secret {
        let (known, token) = state.withLock { state in
            let installation = state.installations[repository]
            return (installation, installation.flatMap { state.tokens[$0] })
        }
        if let token, token.expiresAt.microseconds - Self.early > now().microseconds { return token.secret }
        let installation: Int64
        if let known {
            installation = known
        } else {
            installation = try await self.installation(of: repository, until: deadline)
        }
        do {
            let token = try await newToken(of: installation, until: deadline)
            state.withLock { state in
                state.installations[repository] = installation
                state.tokens[installation] = token
            }
            return token.secret
        } catch .notFound {
            // Installed anew, an App has another id.
            state.withLock { $0.installations[repository] = nil }
            throw Self.notInstalled
        }
    }

    /// Forgets a token that GitHub refused.
    func drop(_ token: Secret) {
        state.withLock { state in state.tokens = state.tokens.filter { $0.value.secret != token } }
    }

    /// A 404 would look like one about the issue that was asked for.
    private static let notInstalled = GitHubError.forbidden("the App is not installed on this repository")

    private func installation(
        of repository: RepositoryName,
        until deadline: ContinuousClock.Instant
    ) async throws(GitHubError) -> Int64 {
        let request = APIRequest(.get, "/repos/\(repository)/installation", .app)
        do {
            return try await read(request, until: deadline) { (object) throws(PayloadProblem) in
                try object.positiveID("id")
            }
        } catch .notFound {
            throw Self.notInstalled
        }
    }

    private func newToken(
        of installation: Int64,
        until deadline: ContinuousClock.Instant
    ) async throws(GitHubError) -> Token {
        let request = APIRequest(.post, "/app/installations/\(installation)/access_tokens", .app)
        return try await read(request, until: deadline) { (object) throws(PayloadProblem) in
            let secret = Secret(try object.exactText("token"))
            guard secret.isFieldValue else { throw object.problem(with: "token", "expected visible ASCII characters") }
            return Token(secret: secret, expiresAt: try object.timestamp("expires_at"))
        }
    }

    private func read<Value>(
        _ request: APIRequest,
        until deadline: ContinuousClock.Instant,
        _ read: (JSONObject) throws(PayloadProblem) -> Value
    ) async throws(GitHubError) -> Value {
        let token = try key.validWebToken(at: now())
        let answer = try await transport.send(request, as: token, until: deadline)
        if let error = GitHubError(answer, to: request, now: now()) { throw error }
        return try answer.object(of: request, read)
    }
}

extension AppKey {
    func validWebToken(at now: Timestamp) throws(GitHubError) -> Secret {
        guard let token = webToken(at: now) else { throw .transient("OpenSSL cannot sign") }
        return token
    }
}
