import Base
import Database
import Foundation
import GitHub

/// What a batch writes about issues.
struct IssueWrites: Sendable {
    // By Plane's key: an issue is in one of the three.
    var created: [UUID: NewIssue] = [:]
    var edited: [UUID: IssueEdit] = [:]
    var deleted: [UUID: DeletedIssue] = [:]
    var attachedLabels: [Attachment] = []
    var detachedLabels: [Attachment] = []
    var assigned: [Attachment] = []
    var unassigned: [Attachment] = []
    var versions: [IssueVersion] = []
    /// What is kept of the deliveries that decided; also of issues that stay as they are.
    var histories: [PlaneKey: SecondHistory] = [:]
    /// The state in which an issue waits for one that its project lacks; nil when it waits no longer.
    var waitingStates: [PlaneKey: UUID?] = [:]

    /// All but the new issues themselves, which need their projects' number locks, and the deletions.
    ///
    /// What hangs on new issues may come before them: Plane's foreign keys are checked at the commit.
    var queries: [Query] {
        Self.companionQueries(created.values.sorted { $0.id < $1.id })
            + Self.editQueries(Array(edited.values))
            + AttachmentTable.labels.detachments(detachedLabels) + AttachmentTable.labels.attachments(attachedLabels)
            + AttachmentTable.assignees.detachments(unassigned) + AttachmentTable.assignees.attachments(assigned)
    }

    var versionQueries: [Query] {
        VersionTable.issues.historyQueries(histories, without: versions.map(\.key))
            + Self.versionQueries(versions, histories)
            + Self.waitingStateQueries(waitingStates)
    }
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
