import Base
import Database
import Foundation
import JSON
import Synchronization

/// Tokens of an App's installations: made by one worker for all when needed, and again five minutes before they end.
///
/// Without the database no token is made either: no call could be made with it, because nobody could count that.
final class InstallationTokens: Sendable {
    private struct State {
        var installations: [RepositoryName: Int64] = [:]
        var tokens: [Int64: (token: InstallationToken, usedUntil: Timestamp)] = [:]
    }

    private let key: AppKey
    private let transport: MeteredTransport
    /// Nil only in tests of the client itself: tokens are in memory only.
    private let connection: Connection?
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    /// How long before its end a token is used last, in microseconds; by chance, as the workers all have the same one.
    private static let early: ClosedRange<Int64> = 300_000_000...360_000_000

    init(
        _ key: AppKey,
        _ transport: MeteredTransport,
        _ connection: Connection?,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.key = key
        self.transport = transport
        self.connection = connection
        self.now = now
    }

    /// The token for a repository; the App must be installed on it.
    func token(
        for repository: RepositoryName,
        until deadline: ContinuousClock.Instant
    ) async throws(GitHubError) -> InstallationToken {
        let (known, kept) = state.withLock { state in
            let installation = state.installations[repository]
            return (installation, installation.flatMap { state.tokens[$0] })
        }
        if let kept, kept.usedUntil > now() { return kept.token }
        let installation: Int64
        if let known {
            installation = known
        } else {
            installation = try await self.installation(of: repository, until: deadline)
        }
        do {
            let token = try await fleetToken(of: installation, until: deadline)
            state.withLock { state in
                state.installations[repository] = installation
                let end = token.expiresAt.microseconds - Int64.random(in: Self.early)
                state.tokens[installation] = (token, Timestamp(microseconds: end))
            }
            return token
        } catch .notFound {
            // Installed anew, an App has another id.
            state.withLock { $0.installations[repository] = nil }
            throw Self.notInstalled
        }
    }

    /// Forgets a token that GitHub refused, but not one that somebody has made since.
    func drop(_ token: InstallationToken) async throws(GitHubError) {
        forget(token)
        try await ask { try await $0.dropToken(token.id, of: token.installation, app: self.key.app) }
    }

    /// Lets nobody call for an installation for some minutes, because GitHub refused a token that it had just made.
    func park(_ token: InstallationToken) async throws(GitHubError) {
        forget(token)
        try await ask { try await $0.parkInstallation(token.installation, app: self.key.app, because: token.id) }
    }

    private func forget(_ token: InstallationToken) {
        state.withLock { state in
            if state.tokens[token.installation]?.token.id == token.id { state.tokens[token.installation] = nil }
        }
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

    /// The token that the workers share, which this one makes if it is its turn.
    private func fleetToken(
        of installation: Int64,
        until deadline: ContinuousClock.Instant
    ) async throws(GitHubError) -> InstallationToken {
        guard let connection else { return try await newToken(of: installation, until: deadline) }
        let app = key.app
        var failure: GitHubError?
        while true {
            let lease = deadline - .now
            guard lease > .zero else { throw .transient("another worker is making the installation's token") }
            let turn: TokenTurn
            do {
                turn = try await connection.takeTokenTurn(of: installation, app: app, lease: lease)
            } catch {
                throw GitHubError(error)
            }
            switch turn {
            case .parked(let until): throw .parked(until: until)
            case .mine:
                do {
                    return try await sharedNewToken(of: installation, until: deadline)
                } catch {
                    // It was asked for early, so the last one may still be good.
                    switch error {
                    case .transient, .rateLimited: if let failure { throw failure } else { failure = error }
                    default: throw error
                    }
                }
            case .others:
                if let failure { throw failure }
                do { try await Task.sleep(for: .milliseconds(200)) } catch { throw .cancelled }
            case .stored(let stored):
                if let token = key.opened(stored, of: installation) { return token }
                // Made with another key, or altered: worth no more than none.
                try await ask { try await $0.dropToken(stored.id, of: installation, app: app) }
            }
        }
    }

    private func sharedNewToken(
        of installation: Int64,
        until deadline: ContinuousClock.Instant
    ) async throws(GitHubError) -> InstallationToken {
        let app = key.app
        do throws(GitHubError) {
            let token = try await newToken(of: installation, until: deadline)
            guard let stored = key.sealed(token) else { throw .transient("OpenSSL cannot encrypt") }
            try await ask { try await $0.storeToken(stored, of: installation, app: app) }
            return token
        } catch {
            switch error {
            // Suspended, or uninstalled.
            case .forbidden, .notFound:
                try await ask { try await $0.parkInstallation(installation, app: app, because: nil) }
            default:
                try await ask { try await $0.endTokenTurn(of: installation, app: app) }
            }
            throw error
        }
    }

    private func newToken(
        of installation: Int64,
        until deadline: ContinuousClock.Instant
    ) async throws(GitHubError) -> InstallationToken {
        let request = APIRequest(.post, "/app/installations/\(installation)/access_tokens", .app)
        let principal = Principal.installation(installation, of: key)
        return try await read(request, until: deadline) { (object) throws(PayloadProblem) in
            let secret = Secret(try object.exactText("token"))
            guard secret.isFieldValue else { throw object.problem(with: "token", "expected visible ASCII characters") }
            return InstallationToken(
                installation: installation,
                expiresAt: try object.timestamp("expires_at"),
                caller: Caller(token: secret, principal: principal)
            )
        }
    }

    private func read<Value>(
        _ request: APIRequest,
        until deadline: ContinuousClock.Instant,
        _ read: (JSONObject) throws(PayloadProblem) -> Value
    ) async throws(GitHubError) -> Value {
        let answer = try await transport.send(request, as: key.caller(at: now()), .interactive, until: deadline)
        if let error = GitHubError(answer, to: request, now: now()) { throw error }
        return try answer.object(of: request, read)
    }

    private func ask(_ change: (Connection) async throws -> Void) async throws(GitHubError) {
        guard let connection else { return }
        do { try await change(connection) } catch { throw GitHubError(error) }
    }
}
