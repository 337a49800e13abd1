import Database
import Foundation
import GitHub
import GitHubClient
import Sync

/// What would be sent for an object in Plane, in words; nothing is sent.
package struct OutboundPreview: Sendable, Equatable {
    /// `owner/name`, with the number of an issue that is there.
    package let place: String
    /// What would be changed, or why nothing would be.
    package let words: [String]
    /// The text as it would be sent; nil when it stays as it is.
    package let markdown: String?
}

extension OutboundSender {
    /// Compares an object in Plane with GitHub as if it were due; nil when nothing of it goes to GitHub.
    package func preview(_ kind: PlaneMark.Kind, _ id: UUID, in repositorySyncID: UUID) async throws -> OutboundPreview?
    {
        let object = OutboundObject(previewing: kind, id, in: repositorySyncID)
        switch kind {
        case .issue:
            if let issue = try await connection.run(OutboundIssue.read(object)).first {
                return try await preview(issue)
            }
            guard let issue = try await connection.run(NewIssue.read(object)).first else { return nil }
            let text = try await markdown(of: issue, in: repository(issue.place).repository, object)
            let words = ["created: \(issue.name)"]
            return OutboundPreview(place: issue.place.repository.description, words: words, markdown: text)
        case .comment:
            guard let comment = try await connection.run(OutboundComment.read(object)).first else { return nil }
            let place = "\(comment.place.repository)#\(comment.issue.number)"
            let word = comment.isDeleted ? "deleted" : comment.counterpart == nil ? "created" : "edited"
            let found = try await repository(comment.place).repository
            let text = comment.isDeleted ? nil : try await markdown(of: comment, over: nil, in: found, object)
            return OutboundPreview(place: place, words: ["comment \(word)"], markdown: text)
        }
    }

    private func preview(_ issue: OutboundIssue) async throws -> OutboundPreview {
        let (issue, place) = (lookedAt(issue), "\(issue.place.repository)#\(issue.number)")
        let refused = issue.refusals.map { "not sent: \($0)" }
        guard issue.isDirty else {
            return OutboundPreview(place: place, words: ["nothing differs"] + refused, markdown: nil)
        }
        switch try await plan(issue) {
        case .nothing: return OutboundPreview(place: place, words: ["GitHub shows the same"] + refused, markdown: nil)
        case .applyFirst:
            let words = "GitHub shows something newer, which comes to Plane first"
            return OutboundPreview(place: place, words: [words] + refused, markdown: nil)
        case .send(let calls):
            return OutboundPreview(place: place, words: calls.words + refused, markdown: calls.text)
        }
    }
}
