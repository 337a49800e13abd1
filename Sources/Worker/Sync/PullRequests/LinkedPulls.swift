import Base
import Database
import Foundation
import GitHub
import Text

/// Pull requests, the issues that they name, and where these issues are in Plane.
struct LinkedPulls: Sendable, Emptiable {
    /// The stored pull requests of the batch, and those that name an issue of the batch.
    var stored: [PlaneKey: PullRecord] = [:]
    /// The stored references from these pull requests to issues.
    var references: Set<PullReference> = []
    /// The number that a mention stands for in a project; mentions that lead nowhere are left out.
    var scopes: [ScopedMention: ScopedNumber] = [:]
    /// The issues that exist under these numbers.
    var targets: [ScopedNumber: PullTarget] = [:]
    /// Issues that were made in Plane itself and have no version row.
    var natives: [UUID: IssueRecord] = [:]
    /// The links that exist from these issues to the pull requests of the batch.
    var links: Set<PullLinkKey> = []
}

struct PullLinkKey: Sendable, Hashable {
    let issueID: UUID
    let githubPullID: Int64
}

/// The number of an issue: GitHub's within a connection, or Plane's within a project.
struct ScopedNumber: Sendable, Hashable {
    let scopeID: UUID
    let number: Int64
}

/// A mention, as the project of one connection understands it.
struct ScopedMention: Sendable, Hashable {
    let repositorySyncID: UUID
    let target: IssueMention.Target
}

struct PullReference: Sendable, Hashable {
    let pull: PlaneKey
    let issue: ScopedNumber
    let closes: Bool
}

/// A pull request as it was last applied.
struct AppliedPull: Sendable, Equatable {
    let number: Int64
    let state: GitHubPullRequest.State
    let mergedAt: Timestamp?
    /// The title of its link, `owner/name#12 Title (merged)`.
    let title: String
    let url: String
}

struct PullRecord: Sendable, Equatable {
    let version: ObjectVersion
    let history: SecondHistory
    let pull: AppliedPull
}

/// An issue that a pull request names.
struct PullTarget: Sendable, Equatable {
    let issueID: UUID
    let projectID: UUID
    /// Its version row; nil for an issue made in Plane.
    let key: PlaneKey?
    /// The numbers by which it can be named, GitHub's and Plane's.
    let numbers: [ScopedNumber]
}

extension GitHubPullRequest.State: SQLValue {}
