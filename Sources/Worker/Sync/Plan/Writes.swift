import Database

/// What a batch writes, as rows for set-based statements: decided by `Planner`, sent by `Connection.sync`.
struct Writes: Sendable {
    var issues = IssueWrites()
    var comments = CommentWrites()
    var labels = LabelWrites()
    var pulls = PullWrites()
    var repositories: [RepositoryName] = []
    var activities: [Activity] = []

    /// Everything but new issues themselves, in the order in which it may be written.
    var queries: [Query] {
        issues.queries + comments.queries + Activity.writes(activities) + pulls.queries
            // Takes along whatever was attached to them until now.
            + IssueWrites.deletionQueries(Array(issues.deleted.values))
            + labels.queries + RepositoryStatements.writes(repositories)
            + issues.versionQueries + comments.versionQueries + labels.versionQueries
    }
}
