import Base
import Database
import Foundation
import GitHub
import Text

/// Pull requests, the issues they name, and where these are in Plane.
struct LinkedPulls: Sendable {
    /// What is stored of the pull requests of the batch, and of all that name an issue of the batch.
    var stored: [PlaneKey: PullRecord] = [:]
    /// What is stored of whom they name.
    var references: Set<PullReference> = []
    /// Where a mention leads in a project; those that lead nowhere are missing.
    var scopes: [ScopedMention: ScopedNumber] = [:]
    /// The issues that exist under the numbers named.
    var targets: [ScopedNumber: PullTarget] = [:]
    /// Issues made in Plane itself, which have no version row.
    var natives: [UUID: IssueRecord] = [:]
    /// The links there are from these issues to the pull requests of the batch.
    var links: Set<PullLinkKey> = []
}

struct PullLinkKey: Sendable, Hashable {
    let issueID: UUID
    let githubPullID: Int64
}

/// An issue by a number: GitHub's in the scope of a repository sync, Plane's in that of a project.
struct ScopedNumber: Sendable, Hashable {
    let scopeID: UUID
    let number: Int64
}

/// A mention as the project of one connection understands it.
struct ScopedMention: Sendable, Hashable {
    let repositorySyncID: UUID
    let target: IssueMention.Target
}

struct PullReference: Sendable, Hashable {
    let pull: PlaneKey
    let issue: ScopedNumber
    let closes: Bool
}

/// A pull request as last applied.
struct AppliedPull: Sendable, Equatable {
    let number: Int64
    let state: GitHubPullRequest.State
    let mergedAt: Timestamp?
    /// Of the link: `owner/name#12 Title (merged)`.
    let title: String
    let url: String
}

struct PullRecord: Sendable, Equatable {
    let version: ObjectVersion
    let history: SecondHistory
    let snapshot: AppliedPull
}

/// An issue that a pull request names.
struct PullTarget: Sendable, Equatable {
    let issueID: UUID
    let projectID: UUID
    /// Its version row; nil for an issue made in Plane.
    let key: PlaneKey?
    /// Both numbers it goes by.
    let numbers: [ScopedNumber]
}

extension GitHubPullRequest.State: SQLValue {}
