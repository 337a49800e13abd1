import Base
import Database
import Deliveries
import Foundation
import GitHub
import GitHubClient
import Jobs
import Queue
import Sync
import Text

extension OutboundSender {
    /// Brings an issue that exists on both sides to GitHub.
    /// - Returns: what was sent, in words.
    func send(_ issue: OutboundIssue, _ attempt: Attempt) async throws -> [String] {
        let issue = lookedAt(issue)
        guard issue.isDirty else { return try await settle(issue, attempt) }
        try Task.checkCancellation()
        let found = try await repository(issue.place)
        let (shown, delivery) = try await shown(issue, in: found)
        if try await restore(issue, from: shown, in: found.repository, attempt) { return [] }
        switch try await plan(issue, against: shown, in: found) {
        case .nothing: return try await settle(issue, attempt, shown: delivery)
        case .applyFirst:
            let reason = "what changed on GitHub comes to Plane first"
            throw Unsent(.waiting(forEvents: reason, attempt.object), shown: delivery)
        case .send(var calls):
            let (people, strangers) = try await assignable(calls.addedAssignees, issue.place.repository)
            calls.addedAssignees = people
            let refused = issue.refusals + strangers
            guard !calls.isEmpty else { return try await settle(issue, attempt, shown: delivery, refused: refused) }
            let labels = try await ids(of: calls.addedLabels, in: issue.place.repository)
            let (agreement, words) = (issue.agreement(making: calls, labels), calls.words)
            let stored = storing(agreement, of: issue, attempt)
            try await connection.intend(words, stored, attempt.object, token: attempt.token)
            try await make(calls, labels, on: issue)
            let (_, delivery) = try await self.shown(issue, in: found)
            try await connection.finish(
                attempt.object,
                .sent(words, refused: refused),
                token: attempt.token,
                sent: words,
                // What GitHub shows of an issue that Plane deleted is not applied, so nothing else ends the deletion.
                storing: issue.isDeleted ? storing(agreement.closedInPlane, of: issue, attempt) : nil,
                shown: delivery
            )
            return words
        }
    }

    /// Compares both sides.
    private func plan(
        _ issue: OutboundIssue,
        against shown: GitHubIssue,
        in found: RepositoryReading
    ) async throws -> IssuePlan {
        let text = issue.isTextDirty ? try await markdown(of: issue, over: shown.body, in: found.repository) : nil
        return issue.plan(against: shown, text: text)
    }

    /// What would be sent now.
    func plan(_ issue: OutboundIssue) async throws -> IssuePlan {
        let found = try await repository(issue.place)
        return try await plan(issue, against: shown(issue, in: found).0, in: found)
    }

    /// Ends an attempt that needs no write.
    private func settle(
        _ issue: OutboundIssue,
        _ attempt: Attempt,
        shown: Delivery? = nil,
        refused: [String]? = nil
    ) async throws -> [String] {
        let agreement = shown == nil ? issue.agreement : issue.agreement(making: IssueCalls())
        try await connection.finish(
            attempt.object,
            .sent([], refused: refused ?? issue.refusals),
            token: attempt.token,
            storing: agreement == issue.stored ? nil : storing(agreement, of: issue, attempt),
            shown: shown
        )
        return []
    }

    private func storing(_ agreement: IssueAgreement, of issue: OutboundIssue, _ attempt: Attempt) -> Read<Bool> {
        agreement.storing(of: attempt.object.planeID, in: attempt.object.repositorySyncID, at: issue.version)
    }

    /// The issue without an edit of its text where the editor only wrote the text anew, as far as the delivery that the
    /// text came from tells.
    func lookedAt(_ issue: OutboundIssue) -> OutboundIssue {
        guard issue.isTextDirty, let base = issue.base, issue.agreement.agreesOnText(base.body) else { return issue }
        let context = MarkdownContext(repository: base.repository, issueNumber: issue.number)
        guard OutboundText(issue.html, in: context).says(base.body) else { return issue }
        var issue = issue
        issue.agreement.settle(text: issue.html)
        return issue
    }

    /// The text in Plane as Markdown, in which what nobody changed is as GitHub shows it.
    private func markdown(
        of issue: OutboundIssue,
        over body: String,
        in repository: GitHubRepository
    ) async throws -> String {
        let text = OutboundText(issue.html, in: MarkdownContext(repository: repository, issueNumber: issue.number))
        let (source, mark) = (PlaneMark.removed(from: body), PlaneMark(endOf: body))
        guard !text.says(source) else { return body }
        let target = try await target(of: text, at: issue.place)
        let markdown = text.markdown(over: source, for: target)
        return mark.map { $0.added(to: markdown) } ?? markdown
    }

    /// - Returns: the issue as GitHub shows it, and the same as a delivery.
    private func shown(
        _ issue: OutboundIssue,
        in repository: RepositoryReading
    ) async throws -> (GitHubIssue, Delivery) {
        let sentAt = Date()
        let answer = try await client.issue(issue.number, in: issue.place.repository)
        guard let shown = answer.content.content, shown.issue.id == issue.githubID else { throw GitHubError.notFound }
        let reading = try Reading(in: repository, ids: ids, sentAt: sentAt, answeredAt: answer.answeredAt)
        return (shown.issue, reading.issue(shown))
    }

    /// Those of the people who can be assigned, with their logins, and the others in words; GitHub would leave them out
    /// without a word.
    private func assignable(
        _ people: [Person],
        _ repository: RepositoryName
    ) async throws -> (assignable: [Person], strangers: [String]) {
        var (assignable, refused): ([Person], [String]) = ([], [])
        for var person in people {
            person.login = try await login(of: person, in: repository)
            guard let login = person.login else {
                refused.append("assignee \(person.name), whose account is gone from GitHub")
                continue
            }
            if try await client.isAssignable(login, in: repository) {
                assignable.append(person)
            } else {
                refused.append("assignee \(login), who cannot be assigned in \(repository)")
            }
        }
        return (assignable, refused)
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
        let (number, repository) = (issue.number, issue.place.repository)
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
        let assigned = calls.addedAssignees.compactMap(\.login)
        if !assigned.isEmpty { _ = try await client.addAssignees(assigned, to: number, in: repository) }
        let unassigned = calls.removedAssignees.map(\.login)
        if !unassigned.isEmpty { _ = try await client.removeAssignees(unassigned, from: number, in: repository) }
    }
}
