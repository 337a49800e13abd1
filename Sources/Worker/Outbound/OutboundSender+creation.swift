import Base
import Database
import Deliveries
import Foundation
import GitHub
import GitHubClient
import Jobs
import Queue
import Sync

/// An issue or a comment that is to be created on GitHub, by what they do differently.
struct NewObject<Shown: Sendable>: Sendable {
    let place: OutboundPlace
    /// Whether it is still in Plane; if not, it is only looked for.
    let isWanted: Bool
    /// The text to be sent, with the mark by which it is found again.
    let markdown: @Sendable () async throws -> String
    /// Records what is about to be sent.
    let record: @Sendable (_ markdown: String, inout Creation) -> Void
    let call: @Sendable (_ markdown: String) async throws(GitHubError) -> Answer<Shown>
    /// The list that shows it once it is created.
    let list: @Sendable (_ since: Timestamp) -> Pages<Shown>
    let marked: @Sendable (Shown) -> MarkedObject?
    let delivery: @Sendable (Shown, Reading) -> Delivery
    let words: @Sendable (Shown) -> String
}

extension OutboundSender {
    /// Creates an object on GitHub, or finds the one that an earlier attempt created, whose answer was lost.
    /// - Returns: what was sent, in words.
    func create<Shown>(
        _ new: NewObject<Shown>,
        in repository: RepositoryReading,
        _ attempt: Attempt
    ) async throws -> [String] {
        if let creation = attempt.object.creation {
            if let created = try await look(for: new, creation, attempt.object) {
                return try await adopt(created, new, in: repository, attempt)
            }
            guard creation.isOlder(than: Self.lag) else {
                throw Unsent(.delayed(by: .seconds(10), reason: "nobody knows yet whether GitHub created it"))
            }
        }
        guard new.isWanted else {
            try await connection.forgetCreation(attempt.object, token: attempt.token)
            return try await leave(attempt)
        }
        let identity = try await identity(in: new.place.repository)
        let markdown = try await new.markdown()
        var creation = Creation(by: identity.user.id, app: identity.appID, at: Date())
        new.record(markdown, &creation)
        try await connection.intend(creation, attempt.object, token: attempt.token)
        let sentAt = Date()
        let answer: Answer<Shown>
        do throws(GitHubError) {
            answer = try await new.call(markdown)
        } catch {
            // The record stays where nobody knows the outcome; after a refusal there is nothing to look for.
            if case .outcomeUnknown = error { throw error }
            try await connection.forgetCreation(attempt.object, token: attempt.token)
            throw error
        }
        let created = Created(shown: answer.content, sentAt: sentAt, answeredAt: answer.answeredAt)
        return try await adopt(created, new, in: repository, attempt)
    }

    private struct Created<Shown: Sendable> {
        let shown: Shown
        let sentAt: Date
        let answeredAt: Timestamp?
    }

    /// How long after a creation GitHub's lists may not show it yet.
    private static let lag = Duration.seconds(60)

    private func look<Shown>(
        for new: NewObject<Shown>,
        _ creation: Creation,
        _ object: OutboundObject
    ) async throws -> Created<Shown>? {
        // GitHub's clock may be behind ours.
        var pages = new.list(Timestamp(creation.sentAt.addingTimeInterval(-120)))
        let sentAt = Date()
        while let page = try await pages.nextPage() {
            let found = page.content.content?.elements.first { shown in
                new.marked(shown)?.isOutcome(of: creation, for: object.planeID) ?? false
            }
            if let found { return Created(shown: found, sentAt: sentAt, answeredAt: page.answeredAt) }
        }
        return nil
    }

    private func adopt<Shown>(
        _ created: Created<Shown>,
        _ new: NewObject<Shown>,
        in repository: RepositoryReading,
        _ attempt: Attempt
    ) async throws -> [String] {
        guard let marked = new.marked(created.shown) else {
            throw GitHubError.validation("what was created does not have the text that was sent")
        }
        let reading = try Reading(in: repository, ids: ids, sentAt: created.sentAt, answeredAt: created.answeredAt)
        let words = [new.words(created.shown)]
        try await connection.finish(
            attempt.object,
            .sent(words),
            token: attempt.token,
            sent: words,
            shown: new.delivery(created.shown, reading),
            adopted: marked
        )
        return words
    }
}

extension Creation {
    fileprivate func isOlder(than age: Duration) -> Bool { Date().timeIntervalSince(sentAt) > age / .seconds(1) }
}
