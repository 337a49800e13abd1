/// What a `repository` event says beyond which repository it is about.
struct RepositoryEvent: Decodable {
    /// The version of the snapshot.
    let updatedAt: Timestamp?

    enum CodingKeys: String, CodingKey { case updatedAt = "updated_at" }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        updatedAt = try container.timestampOrEpochIfPresent(.updatedAt)
    }

    /// Refuses the bodies of the other events we store: their names are not signed, and an action of theirs may mean
    /// something else here.
    static func checkKeys(of decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        guard let foreign = keys.filter(otherSubjects.contains).min() else { return }
        throw PayloadProblem("\(foreign): not part of a repository event")
    }

    private static let otherSubjects: Set = [
        "issue", "comment", "pull_request", "label", "milestone", "sub_issue", "parent_issue",
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
