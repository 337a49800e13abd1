import JSON

/// What a delivery changed in one project, or why it changed nothing.
indirect enum Change: Sendable, Equatable {
    case skipped(Skip)
    /// The connection's settings leave the delivery alone, for this reason.
    case refused(String)
    case nothing

    case created(state: String)
    case deleted
    /// The tombstone of an issue that Plane does not show.
    case notedGone(number: Int64)
    case titleChanged
    case descriptionChanged
    /// Who turned out to have opened it.
    case opener(String)
    case priorityChanged(from: String, to: String)
    case stateChanged(from: String?, to: String)
    /// The project has no state for what GitHub shows.
    case stateMissing(project: String, lack: String, current: String?)
    case completionTimeChanged
    case labelAdded(String)
    case labelRemoved(String)
    case assigned(String)
    case unassigned(String)
    /// Nobody in the project answers to this GitHub login, named so that an operator can link them.
    case assigneeUnmapped(String)
    case linkedPull(number: Int64)

    case commentAdded
    case commentEdited
    /// Who turned out to have written it.
    case commenter(String)
    case commentDeleted
    case notedCommentGone

    /// What a pull request changed on one of the issues it names.
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
    case labelKept(String, LabelUse)
    /// Off the issues that had it from GitHub; nil after a line that names the label.
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
    enum LabelUse: Sendable, Equatable {
        /// Somebody deleted it on GitHub, and others use it.
        case byOthers
        /// Somebody deleted it on GitHub, and Plane had it before.
        case deletedButPlanes
        /// Somebody edited it on GitHub, and Plane had it before.
        case editedButPlanes
    }
}

extension Change {
    /// In words that a user of Plane understands.
    ///
    /// `issue` is Plane's name of the issue, which an issue that is being made has only after it.
    func words(on issue: String?) -> String {
        if case .created(let state) = self, let issue { return "created \(issue) in \(state)" }
        return description.words
    }

    /// For programs that count changes or word them in another language: `kind`, and what it was done with.
    var json: JSONValue {
        let (kind, _, details) = description
        return .members([("kind", .string(kind))] + details.map { ($0, .string($1.withoutNUL)) })
    }

    /// The one place that names changes and words them.
    private var description: (kind: String, words: String, details: [(String, String)]) {
        switch self {
        case .skipped(let skip): ("skipped", "skipped: \(skip.words)", [("reason", skip.name)])
        case .refused(let reason): ("refused", reason, [("reason", reason)])
        case .nothing: ("nothing", "nothing to change", [])
        case .created(let state): ("created", "created in \(state)", [("state", state)])
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
        case .stateMissing(let project, let lack, let current):
            (
                "state_missing",
                "project \(project) has \(lack): it stays in \(current ?? "none") until there is one",
                [("project", project), ("missing", lack), ("state", current ?? "")]
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
        case .labelKept(let name, let use):
            ("label_kept", "label \(name) \(use.words)", [("label", name)])
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

extension Change.LabelUse {
    fileprivate var words: String {
        switch self {
        case .byOthers: "kept: others use it"
        case .deletedButPlanes: "kept: it was there before"
        case .editedButPlanes: "was there before and stays as it is"
        }
    }
}
