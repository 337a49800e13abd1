import JSON

/// What a replay did.
struct ReplayReport: Sendable, Equatable {
    var replayed = 0
    /// Ids that were named and left alone.
    var processing: [String] = []
    var pending: [String] = []
    var missing: [String] = []

    func json(isDryRun: Bool, matched: Int) -> JSONValue {
        .object([
            "dry_run": .bool(isDryRun),
            "matched": .int(matched),
            "replayed": .int(replayed),
            "processing": .array(processing.map(JSONValue.string)),
            "pending": .array(pending.map(JSONValue.string)),
            "not_found": .array(missing.map(JSONValue.string)),
        ])
    }
}
