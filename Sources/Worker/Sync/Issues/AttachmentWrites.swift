import Database
import Foundation

extension IssueWrites {
    /// Attaches and detaches labels.
    ///
    /// Plane has no unique index that would keep a label from being attached twice: the version row's lock does, and
    /// `not exists` covers what a Plane user did meanwhile.
    ///
    /// `is not distinct from` where an equality would offer the planner an index that begins with the label, or the
    /// person: a plan made for small tables may take it, and then reads all issues that have them.
    static func labelQueries(attached: [Attachment], detached: [Attachment]) -> [Query] {
        var queries: [Query] = []
        if !detached.isEmpty {
            queries.append(
                """
                update public.issue_labels as x
                set deleted_at = clock_timestamp(), updated_at = now(), updated_by_id = d.bot
                from unnest(
                    \(detached.map(\.issueID)), \(detached.map(\.targetID)), \(detached.map(\.bot))
                ) as d (issue_id, label_id, bot)
                where x.issue_id = d.issue_id and x.label_id is not distinct from d.label_id and x.deleted_at is null
                """
            )
        }
        if !attached.isEmpty {
            queries.append(
                """
                insert into public.issue_labels (
                    id, created_at, updated_at, created_by_id, issue_id, label_id, project_id, workspace_id
                )
                select gen_random_uuid(), now(), now(), a.bot, a.issue_id, a.label_id, a.project_id, a.workspace_id
                from unnest(
                    \(attached.map(\.issueID)), \(attached.map(\.targetID)), \(attached.map(\.bot)),
                    \(attached.map(\.place.projectID)), \(attached.map(\.place.workspaceID))
                ) as a (issue_id, label_id, bot, project_id, workspace_id)
                where not exists (
                    select from public.issue_labels as x
                    where x.issue_id = a.issue_id and x.label_id is not distinct from a.label_id and x.deleted_at is null
                )
                """
            )
        }
        return queries
    }

    /// Assigns and unassigns people.
    static func assigneeQueries(assigned: [Attachment], unassigned: [Attachment]) -> [Query] {
        var queries: [Query] = []
        if !unassigned.isEmpty {
            queries.append(
                """
                update public.issue_assignees as x
                set deleted_at = clock_timestamp(), updated_at = now(), updated_by_id = d.bot
                from unnest(
                    \(unassigned.map(\.issueID)), \(unassigned.map(\.targetID)), \(unassigned.map(\.bot))
                ) as d (issue_id, user_id, bot)
                where x.issue_id = d.issue_id and x.assignee_id is not distinct from d.user_id and x.deleted_at is null
                """
            )
        }
        if !assigned.isEmpty {
            queries.append(
                """
                insert into public.issue_assignees (
                    id, created_at, updated_at, created_by_id, issue_id, assignee_id, project_id, workspace_id
                )
                select gen_random_uuid(), now(), now(), a.bot, a.issue_id, a.user_id, a.project_id, a.workspace_id
                from unnest(
                    \(assigned.map(\.issueID)), \(assigned.map(\.targetID)), \(assigned.map(\.bot)),
                    \(assigned.map(\.place.projectID)), \(assigned.map(\.place.workspaceID))
                ) as a (issue_id, user_id, bot, project_id, workspace_id)
                on conflict (issue_id, assignee_id) where deleted_at is null do nothing
                """
            )
        }
        return queries
    }
}
