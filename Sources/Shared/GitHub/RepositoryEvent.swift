/// What a `repository` event says beyond which repository it is about.
struct RepositoryEvent {
    /// The version of the snapshot.
    let updatedAt: Timestamp?

    init(_ object: JSONObject) throws(PayloadProblem) {
        updatedAt = try object.timestampOrEpochIfPresent("updated_at")
    }

    /// Refuses the bodies of the other events we store: their names are not signed, and an action of theirs may mean
    /// something else here.
    static func checkFields(of body: JSONObject) throws(PayloadProblem) {
        guard let foreign = otherSubjects.first(where: body.contains) else { return }
        throw PayloadProblem("\(foreign): not part of a repository event")
    }

    private static let otherSubjects: [StaticString] = [
        "comment", "issue", "label", "milestone", "parent_issue", "pull_request", "sub_issue",
    ]
}
