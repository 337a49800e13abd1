import Base
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

    /// The token with its user; GitHub is asked once.
    func caller(until deadline: ContinuousClock.Instant) async throws(GitHubError) -> Caller {
        let nobody = Caller(token: token, principal: .fingerprint(of: token))
        guard transport.budget != nil else { return nobody }
        if let known = known.withLock({ $0 }) { return Caller(token: token, principal: known) }
        let principal = try await principal(asking: nobody, until: deadline)
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
        case nil: return .user(try answer.object(of: request) { (user) throws(PayloadProblem) in try user.positiveID("id") })
        // The token of an installation has no user, and is counted alone.
        case .forbidden, .notFound: return caller.principal
        case let error?: throw error
        }
    }
}
