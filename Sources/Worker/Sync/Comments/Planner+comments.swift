import Base
import Database
import Foundation
import GitHub
import Queue

/// A comment in one project, with what GitHub shows of it and what is known of it.
private struct CommentSubject {
    let snapshot: CommentSnapshot
    let follower: Follower
    let record: CommentRecord
    /// The issue of the comment, by Plane's id.
    let issueID: UUID

    func note(_ outcome: Conclusion, _ changes: [Change]) -> Planner.Note {
        Planner.Note(snapshot.origin, outcome, changes)
    }
}

extension CommentSnapshot {
    func plan(isNewer: Bool, in follower: Follower, _ planner: inout Planner) -> Planner.Note? {
        planner.plan(self, isNewer: isNewer, for: follower)
    }
}

extension Planner {
    /// Decides what the winning snapshot of a comment changes in one project.
    fileprivate mutating func plan(_ snapshot: CommentSnapshot, isNewer: Bool, for follower: Follower) -> Note? {
        let key = snapshot.key(in: follower)
        guard let record = world[CommentSnapshot.self][key] else { return nil }
        func skipped(_ outcome: Conclusion, _ skip: Change.Skip) -> Note {
            Note(snapshot.origin, outcome, .skipped(skip))
        }
        guard !record.hasTombstone else { return skipped(.superseded, .commentGone) }
        guard isNewer else { return skipped(.superseded, .older) }
        guard let issue = world.issues[snapshot.issueKey(in: follower)], !issue.hasTombstone,
            writes.issues.deleted[issue.id] == nil
        else { return skipped(.superseded, .issueGone) }
        guard isLive(issue) else {
            // A delivery shows the issue too, but a comment that was read from GitHub does not.
            let isUnknown = issue.applied == nil && issue.plane == nil
            if snapshot.origin.readAt != nil, isUnknown { delay(snapshot.origin, "its issue was not read yet") }
            return skipped(.ignored, .issueNotInPlane)
        }
        let subject = CommentSubject(
            snapshot: snapshot,
            follower: follower,
            record: record,
            issueID: issue.id
        )
        var agreement = record.applied?.text ?? TextAgreement(sent: record.sent)
        let note: Note
        switch record.plane {
        case .some(let plane) where !plane.isDeleted:
            note = snapshot.isGone ? delete(subject) : edit(subject, plane, &agreement)
        case nil where record.applied == nil && !snapshot.isGone: note = create(subject, &agreement)
        case nil, .some:
            // Plane itself leaves what belongs to a comment that somebody deletes there.
            if snapshot.isGone, record.plane != nil {
                let editor = actor(snapshot.origin.sender, in: follower)
                writes.comments.deleted.append(DeletedComment(id: record.id, editor: editor))
            }
            _ = agreement.observe(snapshot.bodyHash, shown: .unknown, plane: .unknown, .github)
            note =
                snapshot.isGone
                ? subject.note(.applied, [.notedCommentGone]) : skipped(.ignored, .commentDeletedInPlane)
        }
        writes.comments.versions.append(
            CommentVersion(key: key, version: snapshot.version, isGone: snapshot.isGone, text: agreement)
        )
        return note
    }

    private mutating func create(_ subject: CommentSubject, _ agreement: inout TextAgreement) -> Note {
        let (comment, follower) = (subject.snapshot.comment, subject.follower)
        let byline = byline(of: comment.author, in: follower)
        let text = text(of: subject, byline)
        agreement = TextAgreement(TextAgreement.Pair(github: subject.snapshot.bodyHash, plane: .hash(of: text.html)))
        writes.comments.created.append(
            NewComment(
                id: subject.record.id,
                issueID: subject.issueID,
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
        let context = context(subject.issueID, follower, byline.author)
        writes.activities.append(context.commented(subject.record.id, text.html))
        touch(subject.issueID, by: byline.author)
        return subject.note(.applied, [.commentAdded])
    }

    private mutating func edit(
        _ subject: CommentSubject,
        _ plane: CommentRecord.PlaneComment,
        _ agreement: inout TextAgreement
    ) -> Note {
        let (comment, record, follower) = (subject.snapshot.comment, subject.record, subject.follower)
        let current = CurrentText(author: plane.authorID, html: plane.html)
        let byline =
            plane.isNative
            ? Byline(keeping: current, in: follower) : byline(of: comment.author, replacing: current, in: follower)
        let editor = actor(subject.snapshot.origin.sender, in: follower)
        let hash = subject.snapshot.bodyHash
        let isEcho = hash != agreement.agreed.github && agreement.recognize(hash)
        var isChanged = hash != agreement.agreed.github
        var text: RichText?
        var conflicts: [Change] = []
        if isChanged {
            let new = self.text(of: subject, byline)
            let news = news(new, hash, over: plane.html, record.applied?.version, &agreement, follower) { delivery in
                delivery.snapshot(CommentSnapshot.self).map { $0.body(isNative: plane.isNative) }
            }
            isChanged = news.isTaken
            if isChanged { text = new }
            // What was written on GitHub and edited in Plane does not go there.
            if case .conflict(let stays) = news, plane.isNative { conflicts.append(.conflict(.text, stays: stays)) }
        } else if byline.newAuthor != nil {
            text = Attribution.removed(from: plane.html).map { RichText(html: $0) }
            if let text { agreement.rewrite(.hash(of: plane.html), as: .hash(of: text.html)) }
        }
        if follower.settings.outbound.comments != .off, agreement.isDirty(.hash(of: text?.html ?? plane.html)) {
            let place = follower.repositorySyncID
            writes.differences.insert(Difference(kind: .comment, repositorySyncID: place, planeID: record.id))
        }
        if text?.html == plane.html { text = nil }
        // The time in Plane may come from a Plane user's edit, so it stays until the comment changes on GitHub.
        let isSameTime =
            isEcho || record.applied?.version.updatedAt == comment.updatedAt || comment.editedAt == plane.editedAt
        var changes: [Change] = []
        if !isSameTime || (isChanged && text != nil) { changes.append(.commentEdited) }
        if let author = byline.newAuthor { changes.append(.commenter(author.displayName)) }
        let isAdopted = record.applied == nil && plane.isNative
        if isAdopted {
            writes.comments.linked.append(
                LinkedComment(
                    id: record.id,
                    issueID: subject.issueID,
                    place: follower.place,
                    repositorySyncID: follower.repositorySyncID,
                    bot: follower.botID,
                    githubID: comment.id
                )
            )
        }
        let adopted = (isAdopted ? [Change.commentAdopted] : []) + conflicts
        guard !changes.isEmpty else { return subject.note(.applied, adopted) }
        writes.comments.edited.append(
            CommentEdit(
                id: record.id,
                editor: editor,
                author: byline.newAuthor?.userID,
                text: text,
                row: plane.rowVersion,
                editedAt: isSameTime && !isChanged ? plane.editedAt : comment.editedAt
            )
        )
        if let text {
            let context = context(subject.issueID, follower, isChanged ? editor : follower.botID)
            writes.activities.append(context.commentEdited(record.id, from: plane.html, to: text.html))
        }
        touch(subject.issueID, by: editor)
        return subject.note(.applied, adopted + changes)
    }

    private mutating func delete(_ subject: CommentSubject) -> Note {
        let editor = actor(subject.snapshot.origin.sender, in: subject.follower)
        writes.comments.deleted.append(DeletedComment(id: subject.record.id, editor: editor))
        let context = context(subject.issueID, subject.follower, editor)
        writes.activities.append(context.commentDeleted(subject.record.id))
        touch(subject.issueID, by: editor)
        return subject.note(.applied, [.commentDeleted])
    }

    /// Gives an issue a new `updated_at`, as Plane does when something that belongs to the issue changes.
    mutating func touch(_ issueID: UUID, by editor: UUID) {
        guard writes.issues.edited[issueID] == nil, writes.issues.created[issueID] == nil else { return }
        writes.issues.edited[issueID] = IssueEdit(id: issueID, editor: editor)
    }

    /// Whether the issue is live in Plane, or created by this batch.
    private func isLive(_ issue: IssueRecord) -> Bool {
        issue.plane.map { !$0.isDeleted } ?? (writes.issues.created[issue.id] != nil)
    }

    /// The text, which begins with the name of its author where Plane shows the bot as the author.
    private mutating func text(of subject: CommentSubject, _ byline: Byline) -> RichText {
        let snapshot = subject.snapshot
        let text = text(of: snapshot.body(isNative: subject.record.plane?.isNative == true))
        guard byline.namesAuthor else { return text }
        return Attribution.html(snapshot.comment.author, on: snapshot.repository.server) + text
    }
}

extension CommentSnapshot {
    /// The text; of a comment that was written in Plane, without what was added to it for GitHub.
    fileprivate func body(isNative: Bool) -> Renderings.Body {
        guard isNative else { return Renderings.Body(comment.body, hash: bodyHash, in: context) }
        let text = PlaneMark.removed(from: CommentHeading.removed(from: comment.body))
        return Renderings.Body(text, hash: .hash(of: text), in: context)
    }
}

extension GitHubComment {
    /// When the comment was last edited; nil if it never was.
    ///
    /// This follows from the snapshot alone, so it does not matter which snapshots were seen before.
    fileprivate var editedAt: Timestamp? { updatedAt > createdAt ? updatedAt : nil }
}
