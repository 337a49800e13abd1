import Base
import Database
import Foundation
import GitHub

/// The changes that a batch makes to issues.
struct IssueWrites: ObjectWrites {
    // By Plane's id; an issue is in one of the three.
    var created: [UUID: NewIssue] = [:]
    var edited: [UUID: IssueEdit] = [:]
    var deleted: [UUID: DeletedIssue] = [:]
    var linked: [LinkedIssue] = []
    var pageLinks: [PageLink] = []
    var attachedLabels: [Attachment] = []
    var detachedLabels: [Attachment] = []
    var assigned: [Attachment] = []
    var unassigned: [Attachment] = []
    var versions: [IssueVersion] = []
    /// The state in which an issue waits for one that its project lacks; nil when it no longer waits.
    var waitingStates: [PlaneKey: UUID?] = [:]
    /// What GitHub would show for the states to which pull requests moved issues.
    var planeStates: [PlaneKey: GitHubIssue.State] = [:]

    /// All statements but the deletions and the creation of issues, which needs the number locks of their projects.
    ///
    /// Rows that belong to new issues may come before the issues, because Plane's foreign keys are checked at the
    /// commit.
    func queries(_ histories: [PlaneKey: SecondHistory]) -> [Query] {
        Self.linkQueries(linked) + Self.pageLinkQueries(pageLinks) + Self.moduleQueries(Array(created.values))
            + Self.editQueries(Array(edited.values))
            + AttachmentTable.labels.detachments(detachedLabels) + AttachmentTable.labels.attachments(attachedLabels)
            + AttachmentTable.assignees.detachments(unassigned) + AttachmentTable.assignees.attachments(assigned)
            + VersionTable.issues.historyQueries(histories, without: versions.map(\.key))
            + Self.versionQueries(versions, histories)
            + Self.waitingStateQueries(waitingStates)
            + Self.planeStateQueries(planeStates)
    }

    var deletions: [Query] { Self.deletionQueries(Array(deleted.values)) }
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
    /// The parent and the module that settings give to new issues, unless they are gone.
    let parentID: UUID?
    let moduleID: UUID?
}

/// An edit, in which nil fields stay as they are.
///
/// One without any field only gives the issue a new `updated_at`, as Plane does when something that belongs to it
/// changes.
struct IssueEdit: Sendable, Equatable {
    let id: UUID
    let editor: UUID
    /// The row for which the edit was worked out; nil when it is right for any.
    var row: RowVersion?
    /// The Plane user who turned out to have opened the issue; nil when the author stays.
    var author: UUID?
    var name: String?
    var text: RichText?
    var stateID: UUID?
    var priority: Priority?
    /// Written only if `setsCompletedAt` is true, and then even if it is nil.
    var completedAt: Timestamp?
    var setsCompletedAt = false
}

struct DeletedIssue: Sendable, Equatable {
    let id: UUID
    let editor: UUID
}

/// A label or a person on an issue.
struct Attachment: Sendable, Equatable {
    let issueID: UUID
    let targetID: UUID
    let place: Place
    let bot: UUID
}

struct IssueVersion: Sendable, Equatable {
    let key: PlaneKey
    let isGone: Bool
    let applied: AppliedIssue
    /// Nil when nothing is written over.
    let replaced: Replaced?
}
