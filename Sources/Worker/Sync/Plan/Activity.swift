import Database
import Foundation

/// A line in the history of an issue, in Plane's own words.
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

    /// The user who made a change, and the issue that it was made to.
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

extension Activity {
    /// Appends lines to the histories of issues.
    static func writes(_ activities: [Activity]) -> [Query] {
        guard !activities.isEmpty else { return [] }
        return [
            """
            insert into public.issue_activities (
                id, created_at, updated_at, created_by_id, issue_id, verb, field, old_value, new_value, comment,
                attachments, actor_id, old_identifier, new_identifier, issue_comment_id, epoch, project_id, workspace_id
            )
            select
                gen_random_uuid(), now(), now(), case when a.verb = 'created' and a.field is null then a.actor end,
                a.issue_id, a.verb, a.field, a.old_value, a.new_value, a.comment,
                '{}', a.actor, a.old_id, a.new_id, a.comment_id, extract(epoch from now()), a.project_id, a.workspace_id
            from unnest(
                \(activities.map(\.issueID)), \(activities.map(\.verb)), \(activities.map(\.field)),
                \(activities.map(\.old)), \(activities.map(\.new)), \(activities.map(\.comment)),
                \(activities.map(\.actor)), \(activities.map(\.oldID)), \(activities.map(\.newID)),
                \(activities.map(\.commentID)), \(activities.map(\.place.projectID)), \(activities.map(\.place.workspaceID))
            ) as a (
                issue_id, verb, field, old_value, new_value, comment, actor, old_id, new_id, comment_id, project_id,
                workspace_id
            )
            """
        ]
    }
}
