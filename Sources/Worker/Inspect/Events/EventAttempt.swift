import Base

/// An attempt that did not complete an event.
package struct EventAttempt: Sendable, Decodable {
    package let worker: String?
    /// `retry`, `delayed`, `failed` or `lost`.
    package let outcome: String
    package let error: String?
    private let ended: String

    private enum CodingKeys: String, CodingKey {
        case worker, outcome, error
        case ended = "ended_at"
    }

    package var endedAt: Timestamp? { Timestamp(iso: ended) }

    package var words: String {
        switch outcome {
        case "delayed": "Put off"
        case "lost": "Lost with its worker"
        default: "Failed"
        }
    }
}
