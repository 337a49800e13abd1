import JSON

/// A change that a delivery made in one project, or the reason why it made none.
indirect enum Change: Sendable, Equatable {
    case skipped(Skip)
    /// The connection's settings exclude the delivery, for this reason.
    case refused(String)
    case nothing

    case created(state: String)
    /// The issue was made in Plane, and this is its counterpart.
    case adopted(number: Int64)
    case commentAdopted
    /// Both sides changed a field, and one side's value stays.
    case conflict(OutboundRules.Field, stays: ConflictRule)
    case deleted
    /// GitHub said that an issue is gone which Plane does not show; its tombstone was written.
    case notedGone(number: Int64)
    case titleChanged
    case descriptionChanged
    /// The Plane user who turned out to have opened the issue.
    case opener(String)
    case priorityChanged(from: String, to: String)
    case stateChanged(from: String?, to: String)
    /// The project has no state for what GitHub shows.
    case stateMissing(project: String, missing: String, current: String?)
    case completionTimeChanged
    case labelAdded(String)
    case labelRemoved(String)
    case assigned(String)
    case unassigned(String)
    /// No member who can be assigned in the project has this GitHub login; an operator can link it to a user.
    case assigneeUnmapped(String)
    case linkedPull(number: Int64)

    case commentAdded
    case commentEdited
    /// The Plane user who turned out to have written the comment.
    case commenter(String)
    case commentDeleted
    case notedCommentGone

    /// A pull request changed this on one of the issues that it names.
    case onIssue(String, Change)
    case linked
    case linkRemoved
    case linkUpdated

    case labelNoted
    case labelRenamed(from: String, to: String)
    case labelNameTaken(String, by: String)
    case labelNameShared(String)
    case labelRecoloured(String, from: String, to: String)
    case labelDescribed(String)
    case labelDeleted(String)
    case labelKept(String, KeepReason)
    /// The label was taken off the issues that had it from GitHub; nil when the change before this one names the label.
    case labelTakenOff(String?)
    case repositoryNamed(String)

    enum Skip: Sendable, Equatable {
        case older
        /// Another delivery of the same batch is newer.
        case newerAtHand
        case issueGone
        case commentGone
        case labelGone
        case issueDeletedInPlane
        case commentDeletedInPlane
        case issueNotInPlane
        case noStates(project: String)
    }

    /// Why a label that GitHub changed or deleted stays as it is.
    enum KeepReason: Sendable, Equatable {
        /// It was deleted on GitHub, and others use it.
        case usedByOthers
        /// It was deleted on GitHub, and Plane had it before the sync.
        case deletedButNotOurs
        /// It was edited on GitHub, and Plane had it before the sync.
        case editedButNotOurs
    }
}

extension Change {
    /// The change in words that a user of Plane understands.
    ///
    /// `issue` is the issue's name in Plane. An issue that the batch creates gets its name only after the changes are
    /// planned.
    func words(on issue: String?) -> String {
        if case .created(let state) = self, let issue { return "created \(issue) in \(state)" }
        return description.words
    }

    /// The change for programs that count changes or word them in another language: its `kind` and its details.
    var json: JSONValue {
        let (kind, _, details) = description
        return .members([("kind", .string(kind))] + details.map { ($0, .string($1.withoutNUL)) })
    }

    /// The only place that names changes and words them.
    private var description: (kind: String, words: String, details: [(String, String)]) {
        switch self {
        case .skipped(let skip): ("skipped", "skipped: \(skip.words)", [("reason", skip.name)])
        case .refused(let reason): ("refused", reason, [("reason", reason)])
        case .nothing: ("nothing", "nothing to change", [])
        case .created(let state): ("created", "created in \(state)", [("state", state)])
        case .adopted(let number):
            ("adopted", "made in Plane, and #\(number) on GitHub", [("number", String(number))])
        case .commentAdopted: ("comment_adopted", "comment made in Plane", [])
        case .conflict(let field, let stays):
            (
                "conflict", "\(field.rawValue) changed on both sides: \(stays == .github ? "GitHub" : "Plane")'s stays",
                [("field", field.rawValue), ("stays", stays.rawValue)]
            )
        case .deleted: ("deleted", "deleted", [])
        case .notedGone(let number):
            ("noted_gone", "noted that #\(number) is gone", [("number", String(number))])
        case .titleChanged: ("title_changed", "title changed", [])
        case .descriptionChanged: ("description_changed", "description changed", [])
        case .opener(let name): ("author_changed", "opened by \(name)", [("author", name)])
        case .priorityChanged(let old, let new):
            ("priority_changed", "priority \(old) → \(new)", [("from", old), ("to", new)])
        case .stateChanged(let old, let new):
            ("state_changed", "state \(old ?? "none") → \(new)", [("from", old ?? ""), ("to", new)])
        case .stateMissing(let project, let missing, let current):
            (
                "state_missing",
                "project \(project) has \(missing): it stays in \(current ?? "none") until there is one",
                [("project", project), ("missing", missing), ("state", current ?? "")]
            )
        case .completionTimeChanged: ("completion_time_changed", "completion time changed", [])
        case .labelAdded(let name): ("label_added", "label \(name) added", [("label", name)])
        case .labelRemoved(let name): ("label_removed", "label \(name) removed", [("label", name)])
        case .assigned(let name): ("assigned", "assigned to \(name)", [("person", name)])
        case .unassigned(let name): ("unassigned", "unassigned from \(name)", [("person", name)])
        case .assigneeUnmapped(let login):
            ("assignee_unmapped", "assignee \(login) is no member who can be assigned", [("login", login)])
        case .linkedPull(let number):
            ("linked", "linked to pull request #\(number)", [("number", String(number))])
        case .commentAdded: ("comment_added", "comment added", [])
        case .commentEdited: ("comment_edited", "comment edited", [])
        case .commenter(let name): ("comment_author_changed", "comment is by \(name) now", [("author", name)])
        case .commentDeleted: ("comment_deleted", "comment deleted", [])
        case .notedCommentGone: ("noted_comment_gone", "noted that the comment is gone", [])
        case .onIssue(let issue, let change):
            (
                change.description.kind, "\(issue): \(change.description.words)",
                [("issue", issue)] + change.description.details
            )
        case .linked: ("linked", "linked", [])
        case .linkRemoved: ("link_removed", "link removed", [])
        case .linkUpdated: ("link_updated", "link updated", [])
        case .labelNoted: ("label_noted", "noted for issues to come", [])
        case .labelRenamed(let old, let new):
            ("label_renamed", "label \(old) → \(new)", [("from", old), ("to", new)])
        case .labelNameTaken(let name, let other):
            (
                "label_not_renamed", "label \(name) not renamed: the project has another \(other)",
                [("label", name), ("other", other)]
            )
        case .labelNameShared(let name):
            (
                "label_not_renamed", "label \(name) not renamed: it stands for another repository's label too",
                [("label", name)]
            )
        case .labelRecoloured(let name, let old, let new):
            (
                "label_recoloured", "label \(name): colour \(old) → \(new)",
                [("label", name), ("from", old), ("to", new)]
            )
        case .labelDescribed(let name):
            ("label_described", "label \(name): description changed", [("label", name)])
        case .labelDeleted(let name): ("label_deleted", "label \(name) deleted", [("label", name)])
        case .labelKept(let name, let reason):
            ("label_kept", "label \(name) \(reason.words)", [("label", name)])
        case .labelTakenOff(let name):
            (
                "label_taken_off",
                (name.map { "label \($0) taken" } ?? "taken") + " off the issues that had it from GitHub",
                name.map { [("label", $0)] } ?? []
            )
        case .repositoryNamed(let name): ("repository_named", "the repository is \(name)", [("name", name)])
        }
    }
}

extension Change.Skip {
    fileprivate var words: String {
        switch self {
        case .older: "older than what we have"
        case .newerAtHand: "a newer delivery was at hand"
        case .issueGone: "the issue is gone from GitHub"
        case .commentGone: "the comment is gone from GitHub"
        case .labelGone: "the label is gone from GitHub"
        case .issueDeletedInPlane: "the issue was deleted in Plane"
        case .commentDeletedInPlane: "the comment was deleted in Plane"
        case .issueNotInPlane: "the issue is not in Plane"
        case .noStates(let project): "project \(project) has no state to put an issue in"
        }
    }

    fileprivate var name: String {
        switch self {
        case .older: "older"
        case .newerAtHand: "newer_at_hand"
        case .issueGone: "issue_gone"
        case .commentGone: "comment_gone"
        case .labelGone: "label_gone"
        case .issueDeletedInPlane: "issue_deleted_in_plane"
        case .commentDeletedInPlane: "comment_deleted_in_plane"
        case .issueNotInPlane: "issue_not_in_plane"
        case .noStates: "no_states"
        }
    }
}

extension Change.KeepReason {
    fileprivate var words: String {
        switch self {
        case .usedByOthers: "kept: others use it"
        case .deletedButNotOurs: "kept: it was there before"
        case .editedButNotOurs: "was there before and stays as it is"
        }
    }
}
