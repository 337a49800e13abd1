import Database
import Foundation

extension Connection {
    /// Appends to Plane's history.
    static func activityQueries(_ activities: [Activity]) -> [Query] {
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
