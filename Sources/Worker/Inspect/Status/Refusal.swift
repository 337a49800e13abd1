import Base
import JSON

/// What a plane-ingest process refused since its start, for one reason.
package struct Refusal: Sendable, Equatable {
    /// As the node's heartbeat names it, such as `signature_mismatch`; `wake_` before it: of Plane's webhook.
    package let reason: String
    package let count: Int
    package let last: Timestamp

    package var json: JSONValue {
        .object(["reason": .string(reason), "count": .int(count), "last": .string(last.description)])
    }

    private static let wake = "wake_"

    private var isWake: Bool { reason.hasPrefix(Self.wake) }

    private var cause: String { isWake ? String(reason.dropFirst(Self.wake.count)) : reason }

    /// The reason for people; one that this program does not know stays as it is.
    package var words: String {
        let words =
            switch cause {
            case "signature_missing": "not signed"
            case "signature_mismatch": "signed with another secret"
            case "signature_only_sha1": "signed with SHA-1 only"
            case "signature_repeated", "signature_malformed": "a signature that cannot be read"
            case "signature_unknown_source": "a path whose source has no secret"
            case "not_connected": "of a repository that no project follows"
            case "unavailable": "could not be stored"
            default: cause.replacing("_", with: " ")
            }
        return isWake ? "Plane's webhook: \(words)" : words
    }

    /// What to do about it; nil where something else tells.
    package var advice: String? {
        let sender = isWake ? "Plane" : "GitHub"
        return switch cause {
        case "signature_missing": "set a secret at the webhook in \(sender), the same as plane-ingest's"
        // An older plane-ingest tells no more than that.
        case "signature_mismatch", "unauthorized": "compare the webhook's secret in \(sender) with plane-ingest's"
        case "signature_only_sha1": "see what sends this: GitHub signs with SHA-256 too"
        case "signature_repeated", "signature_malformed": "see what sends this: \(sender) does not sign so"
        case "signature_unknown_source": "compare the webhook's address with the names of plane-ingest's secrets"
        case "unavailable": "see whether the database answers; INGEST_SPOOL_DIR keeps deliveries meanwhile"
        case "invalid": "see plane-ingest's log for what is wrong with them"
        case "too_large": "GitHub sends no more than 25 MB: see who else sends here"
        default: nil
        }
    }
}
