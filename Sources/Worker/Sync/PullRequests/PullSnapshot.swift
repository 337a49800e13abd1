import GitHub
import Text

/// A pull request, and the issues that it closes or names.
struct PullSnapshot: Sendable, Equatable {
    let origin: Origin
    let pull: GitHubPullRequest
    let mentions: [IssueMention]
    let trace: Trace

    init(origin: Origin, pull: GitHubPullRequest) {
        self.origin = origin
        self.pull = pull
        mentions = IssueMention.all(title: pull.title, body: pull.body, branch: pull.branch, in: origin.repository)
        trace = Trace(of: pull, in: origin)
    }

    var key: GitHubKey { GitHubKey(repositoryID: origin.repository.id, id: pull.id) }
    var version: ObjectVersion { ObjectVersion(updatedAt: pull.updatedAt, eventID: origin.eventID) }
}
