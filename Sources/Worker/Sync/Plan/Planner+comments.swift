import Base
import Database
import Foundation
import GitHub
import Queue

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
        func note(_ outcome: Conclusion, _ change: String) -> Note {
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

    private typealias MakeNote = (Conclusion, String) -> Note

    private mutating func create(
        _ observation: Observation,
        for follower: Follower,
        record: CommentRecord,
        issueID: UUID,
        note: MakeNote
    ) -> Note? {
        guard let comment = observation.comment?.comment else { return nil }
        let byline = byline(of: comment.author, in: follower)
        let text = text(of: comment, in: observation, byline)
        changes.newComments.append(
            NewComment(
                id: record.id,
                issueID: issueID,
                place: follower.place,
                repositorySyncID: follower.repositorySyncID,
                text: text,
                actor: byline.author,
                bot: follower.botID,
                createdAt: comment.createdAt,
                editedAt: comment.editedAt,
                githubID: comment.id
            )
        )
        changes.activities.append(context(issueID, follower, byline.author).commented(record.id, text.html))
        touch(issueID, by: byline.author)
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
        let shown = ShownText(author: plane.authorID, html: plane.html)
        let byline = byline(of: comment.author, until: shown, in: follower)
        let editor = actor(observation.origin.sender, in: follower)
        let isChanged = comment.bodyHash != record.applied?.bodyHash
        var text: RichText?
        if isChanged {
            text = self.text(of: comment, in: observation, byline)
        } else if byline.newAuthor != nil {
            text = Attribution.removed(from: plane.html).map { RichText(html: $0) }
        }
        if text?.html == plane.html { text = nil }
        // The time is GitHub's once it changed there; until then it may be that of a Plane user's edit.
        let isSameTime = record.applied?.version.updatedAt == comment.updatedAt || comment.editedAt == plane.editedAt
        var notes: [String] = []
        if !isSameTime || (isChanged && text != nil) { notes.append("comment edited") }
        if let author = byline.newAuthor { notes.append("comment is by \(author.displayName) now") }
        guard !notes.isEmpty else { return Note(winner: observation.eventID, outcome: .applied, changes: []) }
        changes.commentEdits.append(
            CommentEdit(
                id: record.id,
                editor: editor,
                author: byline.newAuthor?.userID,
                text: text,
                source: isChanged ? nil : plane.html,
                editedAt: isSameTime && !isChanged ? plane.editedAt : comment.editedAt
            )
        )
        if let text {
            let context = context(issueID, follower, isChanged ? editor : follower.botID)
            changes.activities.append(context.commentEdited(record.id, from: plane.html, to: text.html))
        }
        touch(issueID, by: editor)
        return Note(winner: observation.eventID, outcome: .applied, changes: notes)
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
    private mutating func text(of comment: GitHubComment, in observation: Observation, _ byline: Byline) -> RichText {
        let text = text(of: comment.body, hash: comment.bodyHash, in: observation.context)
        return byline.namesAuthor ? Attribution.html(comment.author, on: observation.repository.server) + text : text
    }
}

extension GitHubComment {
    var bodyHash: Bytes { .hash(of: body) }

    /// A function of the snapshot alone, so that it does not depend on which snapshots were seen before.
    fileprivate var editedAt: Timestamp? { updatedAt > createdAt ? updatedAt : nil }
}
