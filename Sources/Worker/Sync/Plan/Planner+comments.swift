import Foundation
import Shared

extension Planner {
    /// Decides what the winning snapshot of a comment changes in one project.
    mutating func planComment(
        _ latest: Latest<Observation>,
        for follower: Follower,
        key: PlaneKey
    ) -> Note? {
        let observation = latest.seen
        guard let record = world.comments[key], let view = observation.comment,
            let version = observation.commentVersion
        else { return nil }
        func note(_ outcome: EventResult.Outcome, _ change: String) -> Note {
            Note(winner: observation.eventID, outcome: outcome, changes: [change])
        }
        let issueKey = PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: observation.issue.id)
        guard !record.hasTombstone else { return note(.superseded, "skipped: the comment is gone from GitHub") }
        guard latest.isNews else { return note(.superseded, "skipped: older than what we have") }
        guard let issue = world.issues[issueKey], !issue.hasTombstone, changes.deletedIssues[issue.id] == nil else {
            return note(.superseded, "skipped: the issue is gone from GitHub")
        }
        guard isLive(issue) else { return note(.ignored, "skipped: the issue is not in Plane") }
        changes.commentVersions.append(
            CommentVersion(key: key, version: version, isGone: view.isGone, bodyHash: view.comment.bodyHash)
        )
        let context = context(issue.id, follower, actor(observation.origin.sender, in: follower))
        switch record.plane {
        case .some(let plane) where !plane.isDeleted:
            return view.isGone
                ? delete(record.id, of: issue.id, context: context, note: note)
                : edit(plane, to: observation, record: record, issueID: issue.id, follower: follower, note: note)
        case nil where record.applied == nil && !view.isGone:
            return create(observation, for: follower, record: record, issueID: issue.id, note: note)
        case nil, .some:
            return view.isGone
                ? note(.applied, "noted that the comment is gone")
                : note(.ignored, "skipped: the comment was deleted in Plane")
        }
    }

    private typealias MakeNote = (EventResult.Outcome, String) -> Note

    private mutating func create(
        _ observation: Observation,
        for follower: Follower,
        record: CommentRecord,
        issueID: UUID,
        note: MakeNote
    ) -> Note? {
        guard let comment = observation.comment?.comment else { return nil }
        let author = world.people.member(comment.author, of: follower.projectID)?.userID
        let html = html(of: comment, in: observation, author: author)
        changes.newComments.append(
            NewComment(
                id: record.id,
                issueID: issueID,
                place: follower.place,
                repositorySyncID: follower.repositorySyncID,
                html: html,
                actor: author ?? follower.botID,
                bot: follower.botID,
                createdAt: comment.createdAt,
                editedAt: comment.editedAt,
                githubID: comment.id
            )
        )
        let context = context(issueID, follower, author ?? follower.botID)
        changes.activities.append(context.commented(record.id, html))
        touch(issueID, by: author ?? follower.botID)
        return note(.applied, "comment added")
    }

    private mutating func edit(
        _ plane: CommentRecord.PlaneComment,
        to observation: Observation,
        record: CommentRecord,
        issueID: UUID,
        follower: Follower,
        note: MakeNote
    ) -> Note? {
        guard let comment = observation.comment?.comment else { return nil }
        let author = world.people.member(comment.author, of: follower.projectID)?.userID
        let editor = actor(observation.origin.sender, in: follower)
        var html: String?
        if comment.bodyHash != record.applied?.bodyHash {
            let rendered = self.html(of: comment, in: observation, author: author)
            if rendered != plane.html { html = rendered }
        }
        // The time is GitHub's once it changed there; until then it may be that of a Plane user's edit.
        let isSameTime = record.applied?.version.updatedAt == comment.updatedAt || comment.editedAt == plane.editedAt
        guard html != nil || !isSameTime else {
            return Note(winner: observation.eventID, outcome: .applied, changes: [])
        }
        changes.commentEdits.append(
            CommentEdit(id: record.id, editor: editor, html: html, editedAt: comment.editedAt)
        )
        if let html {
            let context = context(issueID, follower, editor)
            changes.activities.append(context.commentEdited(record.id, from: plane.html, to: html))
        }
        touch(issueID, by: editor)
        return note(.applied, "comment edited")
    }

    private mutating func delete(_ id: UUID, of issueID: UUID, context: Activity.Context, note: MakeNote) -> Note {
        changes.deletedComments.append(DeletedComment(id: id, editor: context.actor))
        changes.activities.append(context.commentDeleted(id))
        touch(issueID, by: context.actor)
        return note(.applied, "comment deleted")
    }

    /// Plane bumps an issue's `updated_at` when what hangs on it changes.
    mutating func touch(_ issueID: UUID, by editor: UUID) {
        guard changes.issueEdits[issueID] == nil, changes.newIssues[issueID] == nil else { return }
        changes.issueEdits[issueID] = IssueEdit(id: issueID, editor: editor)
    }

    /// Live in Plane, or about to be.
    private func isLive(_ issue: IssueRecord) -> Bool {
        issue.plane.map { !$0.isDeleted } ?? (changes.newIssues[issue.id] != nil)
    }

    /// The text, opened by the author's name where Plane shows the bot as author.
    private func html(of comment: GitHubComment, in observation: Observation, author: UUID?) -> String {
        let text = Markdown.html(comment.body, repository: observation.repository.fullName)
        return author == nil ? Attribution.html(comment.author) + text : text
    }
}

extension GitHubComment {
    var bodyHash: Bytes { .hash(of: body) }

    /// A function of the snapshot alone, so that it does not depend on which snapshots were seen before.
    fileprivate var editedAt: Timestamp? { updatedAt > createdAt ? updatedAt : nil }
}
