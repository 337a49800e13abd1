import Base
import Database
import JSON
import Synchronization

/// Finds out whose a configured token is: GitHub counts the calls of a user, with whichever token they are made.
final class TokenOwner: Sendable {
    private let token: Secret
    private let transport: MeteredTransport
    private let now: @Sendable () -> Timestamp
    private let known = Mutex<Principal?>(nil)

    init(of token: Secret, _ transport: MeteredTransport, now: @escaping @Sendable () -> Timestamp) {
        self.token = token
        self.transport = transport
        self.now = now
    }

    /// The token with its user.
    ///
    /// GitHub is asked once for all workers, so that one that starts again and again makes no calls with that.
    func caller(until deadline: ContinuousClock.Instant) async throws(GitHubError) -> Caller {
        let nobody = Caller(token: token, principal: .fingerprint(of: token))
        guard let connection = transport.budget?.connection else { return nobody }
        if let known = known.withLock({ $0 }) { return Caller(token: token, principal: known) }
        let principal: Principal
        do {
            if let stored = try await connection.user(of: nobody.principal) {
                principal = stored
            } else {
                principal = try await self.principal(asking: nobody, until: deadline)
                try await connection.setUser(principal, of: nobody.principal)
            }
        } catch let error as GitHubError {
            throw error
        } catch {
            throw GitHubError(error)
        }
        known.withLock { $0 = principal }
        return Caller(token: token, principal: principal)
    }

    private func principal(
        asking caller: Caller,
        until deadline: ContinuousClock.Instant
    ) async throws(GitHubError) -> Principal {
        let request = APIRequest(.get, "/user", .app)
        let answer = try await transport.send(request, as: caller, .interactive, until: deadline)
        switch GitHubError(answer, to: request, now: now()) {
        case nil:
            return .user(try answer.object(of: request) { (user) throws(PayloadProblem) in try user.positiveID("id") })
        // The token of an installation has no user, and is counted alone.
        case .forbidden, .notFound: return caller.principal
        case let error?: throw error
        }
    }
}

extension Connection {
    fileprivate func user(of fingerprint: Principal) throws -> Principal? {
        try run(
            "select known_as from github_sync.github_principals where principal = \(fingerprint)",
            within: .seconds(5)
        ).first?.getIfPresent("known_as")
    }

    /// The row is there since the call that asked.
    fileprivate func setUser(_ principal: Principal, of fingerprint: Principal) throws {
        try run(
            "update github_sync.github_principals set known_as = \(principal) where principal = \(fingerprint)",
            within: .seconds(5)
        )
    }
}
