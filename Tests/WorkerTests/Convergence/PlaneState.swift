import Foundation
import TestSupport

@testable import Base
@testable import Database
@testable import Worker

/// What Plane shows of one issue, numbers and times of writing aside.
struct PlaneState: Sendable, Equatable, Decodable {
    struct Comment: Sendable, Equatable, Decodable {
        let id: Int64
        let html: String
        let stripped: String
        let author: String
        let createdAt: Double
        let editedAt: Double?
    }

    let name: String
    let html: String
    let stripped: String
    let state: String
    let priority: String
    let completedAt: Double?
    let createdAt: Double
    var labels: [String]
    let assignees: [String]
    let comments: [Comment]
    /// Titles of the links to pull requests.
    var pulls: [String]
}

extension PlaneState {
    /// The independent model: the newest snapshot of each object, and nothing of what was deleted.
    ///
    /// Nil when the issue is gone or was never seen. It knows nothing of versions, batches or what was there before.
    init?(of history: History, run: Int64) {
        let steps = history.accepted
        guard !steps.contains(where: { $0.element.removesIssue }) else { return nil }
        // Of one second the last of `steps` is the newest.
        let issues = steps.compactMap { step in step.element.issue.map { (step.offset, $0) } }
        guard let (_, issue) = issues.max(by: { ($0.1.updatedAt, $0.0) < ($1.1.updatedAt, $1.0) }) else { return nil }
        let seconds = { (text: String) in Double(Timestamp(iso: text)?.microseconds ?? 0) / 1_000_000 }
        let isConfigured = history.connection == .configured
        let links = PullModel(history)

        name = issue.title
        html = issue.body.map { Self.line("wrote on GitHub:") + "<p>\($0)</p>" } ?? Self.line("opened this on GitHub.")
        stripped = issue.body.map { "stranger wrote on GitHub:\($0)" } ?? "stranger opened this on GitHub."
        createdAt = seconds(issue.createdAt)
        let digit = issue.title.last.flatMap { Int(String($0)) }
        priority = isConfigured && digit.map { (3...5).contains($0) } == true ? "urgent" : "none"
        pulls = links.titles(in: history.connection.repository, run: run)

        let isCancelled = issue.state == "closed" && ["not_planned", "duplicate"].contains(issue.stateReason)
        if issue.state == "closed" {
            state = isCancelled ? "Cancelled" : "Done"
            completedAt = isCancelled ? nil : issue.closedAt.map(seconds)
        } else if isConfigured, links.closing.contains(where: { $0.state == .open }) {
            (state, completedAt) = ("In Progress", nil)
        } else if isConfigured, !links.closing.contains(where: { $0.state == .draft }), let merged = links.mergedAt {
            (state, completedAt) = ("Done", seconds(merged))
        } else {
            (state, completedAt) = (isConfigured ? "Todo" : "Backlog", nil)
        }

        let shown = issue.labels.compactMap { LabelModel(history).shown($0, run: run) }
        let odd = isConfigured && digit.map { $0 % 2 == 1 } == true ? ["odd #ededed"] : []
        labels = (shown + odd + (isConfigured ? ["from GitHub #ededed"] : [])).sorted()
        assignees = issue.assignees.contains(.octocat) ? ["octocat"] : []
        comments = Self.comments(steps.map(\.element))
    }

    /// What names the author who is no Plane user.
    private static func line(_ words: String) -> String {
        "<p class=\"editor-paragraph-block\"><a href=\"https://github.com/stranger\" target=\"_blank\" "
            + "rel=\"noopener noreferrer\">stranger</a> \(words)</p>"
    }

    private static func comments(_ steps: [History.Step]) -> [Comment] {
        let seconds = { (text: String) in Double(Timestamp(iso: text)?.microseconds ?? 0) / 1_000_000 }
        let removed = Set(steps.filter(\.removesComment).compactMap(\.comment?.id))
        var newest: [Int64: SampleComment] = [:]
        for comment in steps.compactMap(\.comment) where !removed.contains(comment.id) {
            if let other = newest[comment.id], other.updatedAt > comment.updatedAt { continue }
            newest[comment.id] = comment
        }
        return newest.values.sorted { $0.id < $1.id }.map { comment in
            let isOctocat = comment.author == .octocat
            return Comment(
                id: comment.id,
                html: (isOctocat ? "" : line("wrote on GitHub:")) + "<p>\(comment.body)</p>",
                stripped: (isOctocat ? "" : "stranger wrote on GitHub:") + comment.body,
                author: isOctocat ? "octocat" : "GitHub",
                createdAt: seconds(comment.createdAt),
                editedAt: comment.updatedAt == comment.createdAt ? nil : seconds(comment.updatedAt)
            )
        }
    }
}

extension Connection {
    /// The live issues of the runs, by run.
    func planeStates() throws -> [Int64: PlaneState] {
        let rows = try run(
            """
            select
                g.repo_issue_id as run,
                json_build_object(
                    'name', i.name, 'html', i.description_html, 'stripped', i.description_stripped, 'state', s.name,
                    'priority', i.priority,
                    'completedAt', extract(epoch from i.completed_at), 'createdAt', extract(epoch from i.created_at),
                    'labels', (
                        select coalesce(
                            json_agg(l.name || ' ' || l.color order by (l.name || ' ' || l.color) collate "C"), '[]'
                        )
                        from public.issue_labels as x
                        inner join public.labels as l on l.id = x.label_id
                        where x.issue_id = i.id and x.deleted_at is null
                    ),
                    'assignees', (
                        select coalesce(json_agg(u.display_name order by u.display_name), '[]')
                        from public.issue_assignees as x
                        inner join public.users as u on u.id = x.assignee_id
                        where x.issue_id = i.id and x.deleted_at is null
                    ),
                    'pulls', (
                        select coalesce(json_agg(k.title order by k.title collate "C"), '[]')
                        from public.issue_links as k
                        where k.issue_id = i.id and k.deleted_at is null and k.url like '%/pull/%'
                    ),
                    'comments', (
                        select coalesce(
                            json_agg(
                                json_build_object(
                                    'id', c.external_id::bigint - 1000 * g.repo_issue_id,
                                    'html', c.comment_html, 'stripped', c.comment_stripped, 'author', u.display_name,
                                    'createdAt', extract(epoch from c.created_at),
                                    'editedAt', extract(epoch from c.edited_at)
                                )
                                order by c.external_id::bigint
                            ),
                            '[]'
                        )
                        from public.issue_comments as c
                        inner join public.users as u on u.id = c.actor_id
                        where c.issue_id = i.id and c.deleted_at is null
                    )
                ) as state
            from public.issues as i
            inner join public.github_issue_syncs as g on g.issue_id = i.id and g.deleted_at is null
            inner join public.states as s on s.id = i.state_id
            where i.deleted_at is null
            """
        )
        return try rows.reduce(into: [:]) { states, row in
            states[try row.get("run")] = try row.getJSON("state", as: PlaneState.self)
        }
    }
}
