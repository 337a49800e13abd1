import Foundation

/// A line of Plane's history, worded as Plane itself words it.
struct Activity: Sendable, Equatable {
    let issueID: UUID
    let place: Place
    let actor: UUID
    let verb: String
    let field: String?
    let comment: String
    var old: String?
    var new: String?
    var oldID: UUID?
    var newID: UUID?
    var commentID: UUID?

    /// Whose change it was, and where.
    struct Context: Sendable {
        let issueID: UUID
        let place: Place
        let actor: UUID

        fileprivate func activity(
            _ verb: String,
            _ field: String?,
            _ comment: String,
            old: String? = nil,
            new: String? = nil,
            oldID: UUID? = nil,
            newID: UUID? = nil,
            commentID: UUID? = nil
        ) -> Activity {
            Activity(
                issueID: issueID,
                place: place,
                actor: actor,
                verb: verb,
                field: field,
                comment: comment,
                old: old,
                new: new,
                oldID: oldID,
                newID: newID,
                commentID: commentID
            )
        }

        var created: Activity { activity("created", nil, "created the issue") }
        var deleted: Activity { activity("deleted", "issue", "deleted the issue") }

        func renamed(from old: String, to new: String) -> Activity {
            activity("updated", "name", "updated the name to", old: old, new: new)
        }

        func described(from old: String, to new: String) -> Activity {
            activity("updated", "description", "updated the description to", old: old, new: new)
        }

        func moved(from old: ProjectStates.State?, to new: ProjectStates.State) -> Activity {
            activity(
                "updated",
                "state",
                "updated the state to",
                old: old?.name,
                new: new.name,
                oldID: old?.id,
                newID: new.id
            )
        }

        func prioritized(from old: String, to new: String) -> Activity {
            activity("updated", "priority", "updated the priority to", old: old, new: new)
        }

        func linked(_ url: String) -> Activity {
            activity("created", "link", "created a link", new: url)
        }

        func unlinked(_ url: String) -> Activity {
            activity("deleted", "link", "deleted the link", old: url)
        }

        func labelAdded(_ id: UUID, _ name: String) -> Activity {
            activity("updated", "labels", "added label ", old: "", new: name, newID: id)
        }

        func labelRemoved(_ id: UUID, _ name: String) -> Activity {
            activity("updated", "labels", "removed label ", old: name, new: "", oldID: id)
        }

        func assigned(_ id: UUID, _ name: String) -> Activity {
            activity("updated", "assignees", "added assignee ", old: "", new: name, newID: id)
        }

        func unassigned(_ id: UUID, _ name: String) -> Activity {
            activity("updated", "assignees", "removed assignee ", old: name, new: "", oldID: id)
        }

        func commented(_ id: UUID, _ html: String) -> Activity {
            activity("created", "comment", "created a comment", new: html, newID: id, commentID: id)
        }

        func commentEdited(_ id: UUID, from old: String, to new: String) -> Activity {
            activity(
                "updated",
                "comment",
                "updated a comment",
                old: old,
                new: new,
                oldID: id,
                newID: id,
                commentID: id
            )
        }

        func commentDeleted(_ id: UUID) -> Activity {
            activity("deleted", "comment", "deleted the comment", commentID: id)
        }
    }
}
