import Base
import Database
import Foundation
import GitHub
import GitHubClient
import Queue
import Sync
import Text

/// Values of an issue in Plane that are written once more, because a stale save of the whole row undid them.
struct Restoration: Sendable {
    var name: String?
    var html: String?
    var state: UUID?

    var isEmpty: Bool { name == nil && html == nil && state == nil }
}

extension OutboundIssue {
    /// The fields that fell back to what the sync had just written over.
    var fallenBack: Set<OutboundRules.Field> {
        guard let replaced, !isDeleted else { return [] }
        var fields: Set<OutboundRules.Field> = []
        if isTitleDirty, replaced.hadName(name) { fields.insert(.title) }
        if isTextDirty, replaced.hadText(html) { fields.insert(.text) }
        if isStateDirty, replaced.hadState(stateID) { fields.insert(.state) }
        return fields
    }

    /// What to write once more, as far as GitHub still shows what both sides agreed on.
    func restoration(from shown: GitHubIssue, in context: MarkdownContext) -> Restoration {
        var restoration = Restoration()
        let fields = fallenBack
        if fields.contains(.title), agreement.agreesOnTitle(shown.title) {
            restoration.name = PlaneTitle.of(shown.title)
        }
        if fields.contains(.text), agreement.agreesOnText(shown.body) {
            let line = Attribution.line(of: html)
            restoration.html = line + Markdown.html(shown.body, in: context)
        }
        if fields.contains(.state), agreement.agreesOnState(shown.state) { restoration.state = replaced?.newState }
        return restoration
    }
}

extension OutboundSender {
    /// Writes what a stale save undid in Plane once more, and sends nothing.
    /// - Returns: whether there was anything to write; the issue is compared again a moment later then.
    func restore(
        _ issue: OutboundIssue,
        from shown: GitHubIssue,
        in repository: GitHubRepository,
        _ attempt: Attempt
    ) async throws -> Bool {
        let issue = try await recalling(issue)
        guard !issue.fallenBack.isEmpty else { return false }
        let context = MarkdownContext(repository: repository, issueNumber: issue.number)
        let restoration = issue.restoration(from: shown, in: context)
        guard !restoration.isEmpty else { return false }
        var agreement = issue.agreement
        if let html = restoration.html { agreement.settle(text: html) }
        let stored = agreement.storing(
            of: attempt.object.planeID,
            in: attempt.object.repositorySyncID,
            at: issue.version
        )
        try await connection.restore(restoration, of: issue, closedAt: shown.closedAt, stored, attempt)
        log(.info, "what a stale save in Plane had undone was written again", attempt.object.logKeys)
        return true
    }
}

extension OutboundSender {
    /// The issue with what the deliveries say whose texts were written over.
    private func recalling(_ issue: OutboundIssue) async throws -> OutboundIssue {
        guard issue.isTextDirty, let deliveries = issue.replaced?.deliveries, !deliveries.isEmpty else { return issue }
        var issue = issue
        for base in try await connection.bases(deliveries) {
            let context = MarkdownContext(repository: base.repository, issueNumber: issue.number)
            issue.replaced?.add(text: Markdown.html(base.body, in: context))
        }
        return issue
    }
}

extension Connection {
    /// Writes values once more where Plane still shows what the issue was compared with.
    fileprivate func restore(
        _ restoration: Restoration,
        of issue: OutboundIssue,
        closedAt: Timestamp?,
        _ stored: Read<Bool>,
        _ attempt: OutboundSender.Attempt
    ) throws {
        let written: Query = """
            update public.issues as i
            set name = coalesce(\(restoration.name), i.name),
                description_html = coalesce(\(restoration.html), i.description_html),
                description_stripped = coalesce(\(restoration.html.map(PlaneText.stripped)), i.description_stripped),
                description_json = case when \(restoration.html)::text is null then i.description_json else '{}' end,
                description_binary = case when \(restoration.html)::text is null then i.description_binary end,
                state_id = coalesce(\(restoration.state), i.state_id),
                completed_at = case
                    when \(restoration.state)::uuid is null then i.completed_at
                    when (select "group" from public.states where id = \(restoration.state)) = 'completed'
                        then coalesce(\(closedAt), now())
                end,
                updated_at = now()
            where i.id = \(attempt.object.planeID) and i.deleted_at is null and i.name = \(issue.name)
                and i.description_html = \(issue.html) and i.state_id is not distinct from \(issue.stateID)
            """
        let again = Outcome.delayed(by: .seconds(1), reason: "a stale save in Plane was undone")
        try transaction { connection in
            let (isCurrent, _) = try connection.run(stored, Self.fence(attempt.object, attempt.token))
            guard isCurrent else { throw ObjectChanged() }
            let end = Self.finishQueries([(attempt.object.id, again)], token: attempt.token, in: .outbound)
            try connection.runAndCommit(.running([written] + end))
        }
    }
}
