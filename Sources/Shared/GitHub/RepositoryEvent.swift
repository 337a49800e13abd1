/// What a `repository` event says beyond which repository it is about.
struct RepositoryEvent: Decodable {
    /// The version of the snapshot.
    let updatedAt: Timestamp?

    enum CodingKeys: String, CodingKey { case updatedAt = "updated_at" }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        updatedAt = try container.timestampOrEpochIfPresent(.updatedAt)
    }

    /// Refuses the bodies of other events.
    ///
    /// Nearly every body has an action and a repository, so what tells this event from the others is that nothing
    /// else is in it: under this name a captured `issues` body with the action `deleted` would delete the repository.
    static func checkKeys(of decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        guard let foreign = keys.filter({ !knownKeys.contains($0) }).min() else { return }
        throw PayloadProblem("\(foreign.prefix(64)): not part of a repository event")
    }

    // https://docs.github.com/webhooks/webhook-events-and-payloads#repository
    private static let knownKeys: Set = [
        "action", "repository", "sender", "organization", "enterprise", "installation", "changes",
    ]

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension KeyedDecodingContainer {
    /// ISO 8601, or the seconds since 1970 that some payloads have in its place.
    fileprivate func timestampOrEpochIfPresent(_ key: Key) throws -> Timestamp? {
        guard let seconds = try? decodeIfPresent(Int64.self, forKey: key) else { return try timestampIfPresent(key) }
        guard (0..<Self.year10000).contains(seconds) else { throw problem(key, "expected seconds since 1970") }
        return Timestamp(microseconds: seconds * 1_000_000)
    }

    private static var year10000: Int64 { 253_402_300_800 }
}
