import Base
import Database

/// Why a call of GitHub's API has no result.
///
/// No text names a host or shows a token or a key, so each may be logged and stored.
package enum GitHubError: Error, Equatable, Sendable {
    /// There is no such object, or we may not see it: GitHub says the same of both.
    case notFound
    /// The object was deleted, or the repository has this feature turned off.
    case gone
    /// The object is elsewhere, and the call was not repeated there.
    case moved(to: String)
    /// The token or key is refused, also after a new one was made.
    case unauthorized
    /// We may not do this; in GitHub's words.
    case forbidden(String)
    /// The request cannot be carried out as it is; in GitHub's words.
    case validation(String)
    /// No call before `until`; this one did nothing, and may even not have been made.
    case rateLimited(until: Timestamp, RateLimit.Kind)
    /// No call for this installation before `until`: GitHub refused a token that it had just given us, as it does while
    /// the App is suspended. The call was not made.
    case parked(until: Timestamp)
    /// The call was not made, because the database that counts the calls of all workers could not be asked.
    case database(DatabaseError.Cause)
    /// Nothing was changed, or what was changed may be changed again: the same call may succeed later.
    ///
    /// Not before `until`, if GitHub names a time.
    case transient(String, until: Timestamp? = nil)
    /// Something may have been created; a repetition could create it twice.
    case outcomeUnknown(String)
    /// The caller's task was cancelled, and nothing can have been created.
    case cancelled
}

extension GitHubError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound: "GitHub knows no such object, or hides it from us"
        case .gone: "GitHub says that the object is gone"
        case .moved: "the object has moved to an address that the call may not follow"
        case .unauthorized: "GitHub refuses our token or key"
        case .forbidden(let words): "GitHub forbids it: \(words)"
        case .validation(let words): "GitHub cannot do it: \(words)"
        case .rateLimited(let until, .own): "no call of GitHub is free before \(until)"
        case .rateLimited(let until, let kind): "GitHub's \(kind.rawValue) rate limit is reached until \(until)"
        case .parked(let until): "GitHub refuses the tokens that it gives us; the next one is asked for after \(until)"
        case .database(let cause): "the database cannot say whether GitHub may be called: \(cause.rawValue)"
        case .transient(let reason, nil): "GitHub could not be asked: \(reason)"
        case .transient(let reason, let until?): "GitHub could not be asked until \(until): \(reason)"
        case .outcomeUnknown(let reason): "nobody knows whether GitHub did it: \(reason)"
        case .cancelled: "the call was cancelled"
        }
    }
}

extension GitHubError {
    /// What a failed statement means; the words of a `DatabaseError` may name a host.
    init(_ error: any Error) { self = .database((error as? DatabaseError)?.cause ?? .other) }
}
