import Base
import Database
import Deliveries
import Foundation
import GitHub
import GitHubClient
import JSON
import Jobs
import Queue
import Sync

/// Brings one issue to GitHub: compares both sides, stores what it is about to do, does it, and stores what GitHub shows
/// then as a delivery, which goes the way of all deliveries.
///
/// No transaction is open during a call. Whatever is lost on the way, the next attempt begins by asking GitHub, so every
/// step may be repeated.
package struct IssueSender: Sendable {
    let client: GitHubClient
    let connection: Connection
    let ids: EventIDGenerator
    let log: Log

    package init(_ client: GitHubClient, _ connection: Connection, ids: EventIDGenerator, log: Log) {
        var client = client
        client.priority = .writeBack
        self.client = client
        self.connection = connection
        self.ids = ids
        self.log = log
    }

    /// Attempts that may fail in a row before an object waits for a person, or for its next change.
    static let attempts = 8
    /// No attempt takes longer: a call has its own limit, and an issue takes a few.
    package static let lease = Duration.seconds(300)

    /// Works on an object until it is done or has to wait.
    /// - Throws: `DatabaseError`; the object is due again once its lease runs out.
    package func run(_ object: OutboundObject, token: UUID) async throws {
        do {
            let sent = try await send(object, token: token)
            let keys = object.logKeys.merging([.count: sent.count]) { $1 }
            log(sent.isEmpty ? .debug : .info, "an issue was compared with GitHub", keys)
        } catch GitHubError.cancelled {
            try await connection.release([object.id], token: token, in: .outbound)
        } catch let error as GitHubError {
            log(.warning, "an issue could not be sent", object.logKeys.merging([.reason: error.description]) { $1 })
            try await connection.finish(object, Outcome(error, retries: object.retries), token: token)
        } catch is IssueChanged {
            let reason = "the issue changed while it was compared"
            try await connection.finish(object, .delayed(by: .seconds(1), reason: reason), token: token)
        } catch is LostClaim {
            log(.warning, "an object has another owner", object.logKeys)
        } catch is CancellationError {
            try await connection.release([object.id], token: token, in: .outbound)
        }
    }

    /// - Returns: what was sent, in words.
    private func send(_ object: OutboundObject, token: UUID) async throws -> [String] {
        guard let issue = try await connection.run(OutboundIssue.read(object)).first, issue.isDirty else {
            try await connection.finish(object, .sent([]), token: token)
            return []
        }
        try Task.checkCancellation()
        let found = try await repository(of: issue)
        let (shown, delivery) = try await read(issue, in: found)
        switch issue.plan(against: shown) {
        case .nothing:
            let compared = ComparedIssue(issue: issue, agreement: issue.settled, shown: delivery)
            try await connection.finish(object, .sent([]), token: token, compared)
            return []
        case .applyFirst:
            let outcome = Outcome.delayed(by: .seconds(2), reason: "what changed on GitHub comes first")
            let compared = ComparedIssue(issue: issue, agreement: issue.agreement, shown: delivery)
            try await connection.finish(object, outcome, token: token, compared)
            return []
        case .send(let calls):
            let labels = try await ids(of: calls.addedLabels, in: issue.repository)
            try await connection.intend(issue.intending(calls, labels), for: issue, object, token: token)
            try await make(calls, labels, on: issue)
            let (_, delivery) = try await read(issue, in: found)
            let compared = ComparedIssue(issue: issue, agreement: issue.agreement, shown: delivery)
            try await connection.finish(object, .sent(calls.words), token: token, compared)
            return calls.words
        }
    }

    /// - Throws: `GitHubError.validation` when the name belongs to another repository by now.
    private func repository(of issue: OutboundIssue) async throws -> RepositoryReading {
        guard let found = try await client.repository(issue.repository).content.content else {
            throw GitHubError.notFound
        }
        guard found.repository.id == issue.repositoryID else {
            throw GitHubError.validation("\(issue.repository) is another repository by now")
        }
        return found
    }

    /// - Returns: the issue as GitHub shows it, and the same as a delivery.
    private func read(
        _ issue: OutboundIssue,
        in repository: RepositoryReading
    ) async throws -> (GitHubIssue, Delivery) {
        let sentAt = Date()
        let answer = try await client.issue(issue.number, in: issue.repository)
        guard let shown = answer.content.content, shown.issue.id == issue.githubID else { throw GitHubError.notFound }
        let reading = try Reading(in: repository, ids: ids, sentAt: sentAt, answeredAt: answer.answeredAt)
        return (shown.issue, reading.issue(shown))
    }

    /// GitHub's labels for Plane's, which are made where the repository does not have them.
    ///
    /// One that was renamed on GitHub is known by its id.
    private func ids(
        of labels: [OutboundIssue.Label],
        in repository: RepositoryName
    ) async throws -> [UUID: GitHubLabel] {
        var found: [UUID: GitHubLabel] = [:]
        guard !labels.isEmpty else { return found }
        var known: [Int64: GitHubLabel] = [:]
        var pages = client.labels(in: repository)
        while let page = try await pages.nextPage()?.content.content {
            for shown in page.elements { known[shown.label.id] = shown.label }
        }
        for label in labels {
            if let shown = label.githubID.flatMap({ known[$0] }) {
                found[label.id] = shown
            } else {
                found[label.id] = try await client.ensureLabel(label.wantedName, label.color, in: repository)
            }
        }
        return found
    }

    private func make(_ calls: IssueCalls, _ labels: [UUID: GitHubLabel], on issue: OutboundIssue) async throws {
        let (number, repository) = (issue.number, issue.repository)
        if let change = calls.change { _ = try await client.updateIssue(number, in: repository, change) }
        let added = calls.addedLabels.compactMap { labels[$0.id]?.name }
        if !added.isEmpty { _ = try await client.addLabels(added, to: number, in: repository) }
        for label in calls.removedLabels {
            do throws(GitHubError) {
                _ = try await client.removeLabel(label.name, from: number, in: repository)
            } catch {
                // Somebody was faster.
                guard error == .notFound else { throw error }
            }
        }
    }
}

extension OutboundIssue {
    /// What both sides agree on where GitHub already shows what Plane shows.
    fileprivate var settled: IssueAgreement {
        var agreement = agreement
        if rules.sends(.title) { agreement.settle(title: name) }
        if rules.sends(.state) { agreement.settle(state: state) }
        return agreement
    }

    fileprivate func intending(_ calls: IssueCalls, _ labels: [UUID: GitHubLabel]) -> IssueAgreement {
        var agreement = agreement
        if let title = calls.title { agreement.intend(title: title) }
        if let state = calls.state { agreement.intend(state: state) }
        for label in calls.addedLabels {
            if let id = labels[label.id]?.id { agreement.intend(adding: id, as: label.id) }
        }
        for label in calls.removedLabels { agreement.intend(removing: label.id) }
        return agreement
    }
}

extension IssueCalls {
    fileprivate var words: [String] {
        var words: [String] = []
        if let title { words.append("title: \(title)") }
        if let state { words.append("state: \(state.rawValue)") }
        words += addedLabels.map { "label added: \($0.wantedName)" }
        words += removedLabels.map { "label taken off: \($0.name)" }
        words += refusedLabels.map { "label not sent: \($0)" }
        return words
    }
}

extension Outcome {
    fileprivate static func sent(_ words: [String]) -> Outcome {
        let result = JSONValue.object(["sent": .array(words.map(JSONValue.string))]).text
        return .completed(words.isEmpty ? .ignored : .applied, result: result)
    }

    /// A limit costs nothing; what GitHub refuses for good waits for the next change, or for a person.
    fileprivate init(_ error: GitHubError, retries: Int) {
        let reason = error.description
        func wait(until time: Timestamp) -> Duration {
            let wait = Duration.microseconds(time.microseconds - Timestamp.now.microseconds)
            return max(.seconds(1), wait) + .seconds(Double.random(in: 0...2))
        }
        switch error {
        case .rateLimited(let until, _), .parked(let until): self = .delayed(by: wait(until: until), reason: reason)
        case .database: self = .delayed(by: .seconds(5), reason: reason)
        // Somebody renews the token; until then no object is to blame.
        case .unauthorized: self = .delayed(by: .seconds(300), reason: reason)
        case .transient, .outcomeUnknown, .cancelled:
            guard retries < IssueSender.attempts else {
                self = .failed(reason: reason)
                return
            }
            var pause = min(Duration.seconds(600), .seconds(5) * (1 << min(retries, 8)))
            if case .transient(_, .some(let until)) = error { pause = max(pause, wait(until: until)) }
            self = .retry(after: pause * Double.random(in: 1...1.5), reason: reason)
        case .notFound, .gone, .moved, .forbidden, .validation: self = .failed(reason: reason)
        }
    }
}
