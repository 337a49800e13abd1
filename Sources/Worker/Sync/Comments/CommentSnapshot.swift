import Base
import Database
import Foundation
import GitHub
import Text

/// A comment on an issue.
final class CommentSnapshot: Snapshot {
    typealias Writes = CommentWrites

    let origin: Origin
    let comment: GitHubComment
    /// The issue that the comment belongs to.
    let issue: IssueName
    let isGone: Bool
    /// The hash of the comment's Markdown.
    let bodyHash: Bytes
    let trace: Trace?

    var githubID: Int64 { comment.id }
    var updatedAt: Timestamp { comment.updatedAt }
    var people: [GitHubUser] { [comment.author].compactMap(\.self) }

    init?(_ payload: Payload, _ effect: Effect, in origin: Origin) {
        switch payload.content {
        case .comment(let comment, on: let issue): (self.comment, self.issue) = (comment, issue.name)
        case .commentAlone(let comment, on: let issue): (self.comment, self.issue) = (comment, issue)
        default: return nil
        }
        self.origin = origin
        isGone = effect == .gone
        bodyHash = .hash(of: comment.body)
        trace = Trace(of: comment, bodyHash: bodyHash, in: origin)
    }

    /// The place on GitHub that links in the comment's text are relative to.
    var context: MarkdownContext { MarkdownContext(repository: repository, issueNumber: issue.number) }

    var issueKey: GitHubKey { GitHubKey(repositoryID: repository.id, id: issue.id) }

    func issueKey(in follower: Follower) -> PlaneKey {
        PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: issue.id)
    }

    static let effects: [EventType: [String: Effect]] = [
        .issueComment: [
            "created": .shown, "edited": .shown, "pinned": .shown, "unpinned": .shown, "deleted": .gone,
        ]
    ]

    static func locks(_ batch: SyncBatch, _ targets: PullTargets) -> [Query] {
        VersionTable.comments.adoptions(batch.comments.compactMap { MarkedObject($0.comment, in: $0.repository.id) })
            + VersionTable.comments.insertions(batch.commentKeys) + VersionTable.comments.locks(batch.commentKeys)
    }

    static func read(_ batch: SyncBatch, _ targets: PullTargets) -> Read<[PlaneKey: CommentRecord]> {
        CommentRecord.read(batch)
    }

    func applied(as key: PlaneKey, in world: World) -> AppliedVersion? {
        world[Self.self][key].flatMap { record in
            record.applied.map { AppliedVersion(version: $0.version, history: record.history) }
        }
    }
}

extension SyncBatch {
    var comments: [CommentSnapshot] { self[CommentSnapshot.self].snapshots }
    var commentKeys: [GitHubKey] { self[CommentSnapshot.self].keys }
}

extension Writes {
    var comments: CommentWrites {
        _read { yield self[CommentSnapshot.self] }
        nonmutating _modify { yield &self[CommentSnapshot.self] }
    }
}
