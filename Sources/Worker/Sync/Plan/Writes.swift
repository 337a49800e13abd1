import Database

/// Everything a batch writes, as rows for set-based statements: `Planner` decides it, `Connection.sync` sends it.
struct Writes: Sendable {
    var issues = IssueWrites()
    var comments = CommentWrites()
    var labels = LabelWrites()
    var pulls = PullWrites()
    var repositories: [RepositoryName] = []
    var activities: [Activity] = []

    /// All statements but the creation of issues, in an order in which they may run.
    var queries: [Query] {
        issues.queries + comments.queries + Activity.writes(activities) + pulls.queries
            // Issues are deleted after all that attaches something to them, so that the deletion takes it along.
            + IssueWrites.deletionQueries(Array(issues.deleted.values))
            + labels.queries + RepositoryStatements.writes(repositories)
            + issues.versionQueries + comments.versionQueries + labels.versionQueries
    }
}
