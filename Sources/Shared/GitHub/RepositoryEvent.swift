import Base
import JSON

/// What a `repository` event says beyond which repository it is about.
struct RepositoryEvent {
    /// The version of the snapshot.
    let updatedAt: Timestamp?

    init(_ object: JSONObject) throws(PayloadProblem) {
        updatedAt = try object.timestampOrEpochIfPresent("updated_at")
    }
}
