import Base
import Database
import Foundation
import GitHub

/// What a batch changes, as rows for set-based statements.
///
/// Made by `Planner`, written by `Connection`.
struct Changes: Sendable, Equatable {
    // By Plane's key: an issue is in one of the three.
    var newIssues: [UUID: NewIssue] = [:]
    var issueEdits: [UUID: IssueEdit] = [:]
    var deletedIssues: [UUID: DeletedIssue] = [:]
    var attachedLabels: [Attachment] = []
    var detachedLabels: [Attachment] = []
    var assigned: [Attachment] = []
    var unassigned: [Attachment] = []
    var newComments: [NewComment] = []
    var commentEdits: [CommentEdit] = []
    var deletedComments: [DeletedComment] = []
    var activities: [Activity] = []
    var issueVersions: [IssueVersion] = []
    /// The state in which an issue waits for one that its project lacks; nil when it waits no longer.
    var waitingStates: [PlaneKey: UUID?] = [:]
    var commentVersions: [CommentVersion] = []
    var pullVersions: [PullVersion] = []
    // What is kept of the deliveries that decided; also of objects that stay as they are.
    var issueHistories: [PlaneKey: SecondHistory] = [:]
    var commentHistories: [PlaneKey: SecondHistory] = [:]
    var pullHistories: [PlaneKey: SecondHistory] = [:]
    var newReferences: Set<PullReference> = []
    /// References, old and new, to issues that were not there when they were looked for.
    var pending: [PendingReference] = []
    var oldReferences: Set<PullReference> = []
    var newLinks: [PullLink] = []
    var retitledLinks: [PullLink] = []
    var deletedLinks: [PullLink] = []
    var labelVersions: [LabelEventVersion] = []
    /// Which of Plane's labels stand for which of GitHub's.
    var labelMappings: [PlaneKey: UUID] = [:]
    var labelEdits: [LabelEdit] = []
    var deletedLabels: [LabelEdit] = []
    var goneLabels: [GoneLabel] = []
    var repositoryNames: [RepositoryName] = []
}

/// The project a row belongs to; Plane checks nothing of it.
struct Place: Sendable, Hashable {
    let projectID: UUID
    let workspaceID: UUID
}

struct NewIssue: Sendable, Equatable {
    let id: UUID
    let place: Place
    let repositorySyncID: UUID
    let stateID: UUID
    let name: String
    let text: RichText
    let priority: Priority
    let author: UUID
    let bot: UUID
    let createdAt: Timestamp
    let completedAt: Timestamp?
    let githubID: Int64
    let githubNumber: Int64
    let url: String
    /// `owner/name#12`, the title of the link.
    let reference: String
    /// What settings put new issues under, as long as it is there.
    let parentID: UUID?
    let moduleID: UUID?
}

/// Nil fields stay as they are; an edit without any field only bumps `updated_at`, as Plane does for its children.
struct IssueEdit: Sendable, Equatable {
    let id: UUID
    let editor: UUID
    /// Who turned out to have opened it.
    var author: UUID?
    var name: String?
    var text: RichText?
    var stateID: UUID?
    var priority: Priority?
    /// Written when `setsCompletedAt`, null included.
    var completedAt: Timestamp?
    var setsCompletedAt = false
}

struct DeletedIssue: Sendable, Equatable {
    let id: UUID
    let editor: UUID
}

/// A label on an issue, or a person.
struct Attachment: Sendable, Equatable {
    let issueID: UUID
    let targetID: UUID
    let place: Place
    let bot: UUID
}

struct NewComment: Sendable, Equatable {
    let id: UUID
    let issueID: UUID
    let place: Place
    let repositorySyncID: UUID
    let text: RichText
    let actor: UUID
    let bot: UUID
    let createdAt: Timestamp
    let editedAt: Timestamp?
    let githubID: Int64
}

struct CommentEdit: Sendable, Equatable {
    let id: UUID
    let editor: UUID
    /// Who turned out to have written it.
    let author: UUID?
    /// Nil when the text stays as it is.
    let text: RichText?
    /// The text that it was made from, if it was: it stays as it is when somebody changed it in Plane meanwhile.
    var source: String?
    let editedAt: Timestamp?
}

struct DeletedComment: Sendable, Equatable {
    let id: UUID
    let editor: UUID
}

struct IssueVersion: Sendable, Equatable {
    let key: PlaneKey
    let version: ObjectVersion
    let isGone: Bool
    let number: Int64
    let state: GitHubIssue.State
    let closedAt: Timestamp?
    let titleHash: Bytes
    let bodyHash: Bytes
    let labels: [Int64: UUID]
    let assignees: [Int64: UUID]
    let priority: Priority?
}

struct CommentVersion: Sendable, Equatable {
    let key: PlaneKey
    let version: ObjectVersion
    let isGone: Bool
    let bodyHash: Bytes
}

struct PullVersion: Sendable, Equatable {
    let key: PlaneKey
    let version: ObjectVersion
    let snapshot: PullSnapshot
}

/// The link from an issue to a pull request.
struct PullLink: Sendable, Equatable {
    let issueID: UUID
    let githubPullID: Int64
    let place: Place
    let bot: UUID
    let title: String
    let url: String
}

/// What a `label` event showed.
struct LabelEventVersion: Sendable, Equatable {
    let key: PlaneKey
    let eventID: UUID
    let name: String
    let color: String
    let description: String
    let isGone: Bool
}

/// Nil fields stay as they are.
struct LabelEdit: Sendable, Equatable {
    let id: UUID
    let bot: UUID
    var name: String?
    var color: String?
    var description: String?
}

/// A label that GitHub deleted, whose label in Plane stays.
struct GoneLabel: Sendable, Equatable {
    let key: PlaneKey
    let labelID: UUID
    let bot: UUID
}

struct RepositoryName: Sendable, Equatable {
    let repositorySyncID: UUID
    let version: ObjectVersion
    let fullName: String
    let url: String
}

/// A reference to an issue that a project does not have yet.
struct PendingReference: Sendable, Equatable {
    let projectID: UUID
    let issue: ScopedNumber
}
