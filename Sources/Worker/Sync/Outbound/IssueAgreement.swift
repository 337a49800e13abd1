import Base
import Database
import Foundation
import GitHub

/// What GitHub and Plane agree on about an issue, and what was sent since.
package struct IssueAgreement: Sendable, Equatable {
    typealias Title = ScalarAgreement<Bytes, Bytes>
    typealias State = ScalarAgreement<GitHubIssue.State, GitHubIssue.State>
    /// Labels or people, by GitHub's and Plane's ids.
    typealias Elements = SetAgreement<Int64, UUID>

    var title: Title
    var text: TextAgreement
    var state: State
    var labels: Elements
    var assignees: Elements

    var intents: IssueIntents {
        IssueIntents(
            title: title.intents,
            text: text.intents,
            state: state.intents,
            labels: labels.intents,
            assignees: assignees.intents
        )
    }
}

extension IssueAgreement {
    /// The columns of a version row `v` that it is read from.
    package static let columns: Query = """
        v.title_hash, v.plane_name_hash, v.body_hash, v.plane_text_hash, v.state, v.plane_state, v.labels, v.assignees,
        \(IssueIntents.column)
        """

    package init(row: Row) throws {
        let titleHash: Bytes = try row.get("title_hash")
        let shown: GitHubIssue.State = try row.get("state")
        let intents: IssueIntents = try row.getJSONIfPresent("intents") ?? IssueIntents()
        title = Title(
            Title.Pair(github: titleHash, plane: try row.getIfPresent("plane_name_hash") ?? titleHash),
            intents: intents.title
        )
        text = try TextAgreement(row: row, intents: intents.text)
        state = State(
            State.Pair(github: shown, plane: try row.getIfPresent("plane_state") ?? shown),
            intents: intents.state
        )
        labels = Elements(try row.getIDs("labels"), intents: intents.labels)
        assignees = Elements(try row.getIDs("assignees"), intents: intents.assignees)
    }

    /// Before a snapshot is applied.
    ///
    /// Of an issue that Plane does not have, as the snapshot shows it; of one that was made in Plane, nothing but what
    /// was sent.
    init(_ subject: IssueSubject) {
        if let agreement = subject.record.applied?.agreement {
            self = agreement
            return
        }
        let (desired, shown, sent) = (subject.desired, subject.snapshot.issue.state, subject.record.sent)
        let named = Title.Pair(github: desired.titleHash, plane: .hash(of: desired.name))
        let isNative = subject.record.plane?.isNative == true
        title = Title(isNative ? Title.Pair(github: .unknown, plane: .unknown) : named, intents: sent.title)
        text = TextAgreement(sent: sent.text)
        // GitHub creates every issue open.
        state = State(isNative ? State.Pair(github: .open, plane: .open) : State.Pair(github: shown, plane: shown))
        labels = Elements([:], intents: sent.labels)
        assignees = Elements([:])
    }
}

/// What of Plane's values has to be sent, and what GitHub's are known.
extension IssueAgreement {
    package func isTitleDirty(_ name: String) -> Bool { title.isDirty(.hash(of: name)) }
    package func isTextDirty(_ html: String) -> Bool { text.isDirty(.hash(of: html)) }
    package func isStateDirty(_ shown: GitHubIssue.State) -> Bool { state.isDirty(shown) }

    /// Labels that a person attached, by Plane's ids, and that a person took off, by GitHub's.
    package func labelDifference(from attached: Set<UUID>) -> (added: Set<UUID>, removed: Set<Int64>) {
        let (added, removed) = labels.difference(from: attached)
        // Negative ids are those of labels that settings add; GitHub does not have them.
        return (added, removed.filter { $0 > 0 })
    }

    /// People whom somebody assigned in Plane, by Plane's ids, and whom somebody unassigned, by GitHub's.
    package func assigneeDifference(from assigned: Set<UUID>) -> (added: Set<UUID>, removed: Set<Int64>) {
        assignees.difference(from: assigned)
    }

    package func knowsTitle(_ shown: String) -> Bool { title.knows(.hash(of: shown)) }
    package func agreesOnTitle(_ shown: String) -> Bool { title.agreed.github == .hash(of: shown) }
    package func agreesOnState(_ shown: GitHubIssue.State) -> Bool { state.agreed.github == shown }
    package func agreesOnText(_ shown: String) -> Bool { text.agreed.github == .hash(of: shown) }
    package func knowsText(_ shown: String) -> Bool { text.knows(.hash(of: shown)) }
    package func knowsState(_ shown: GitHubIssue.State) -> Bool { state.knows(shown) }

    package mutating func intend(title new: String) { title.intend(.hash(of: new), for: .hash(of: new)) }
    package mutating func intend(text source: String, for html: String) {
        text.intend(.hash(of: source), for: .hash(of: html))
    }
    package mutating func intend(state new: GitHubIssue.State) { state.intend(new, for: new) }
    package mutating func intend(adding id: Int64, as label: UUID) { labels.intend(.add(id, label)) }
    package mutating func intend(removing id: Int64) { labels.intend(.remove(id)) }
    package mutating func intend(assigning id: Int64, as user: UUID) { assignees.intend(.add(id, user)) }
    package mutating func intend(unassigning id: Int64) { assignees.intend(.remove(id)) }

    /// Takes note that both sides show the same, so that there is nothing to send.
    package mutating func settle(title name: String) { title.settle(on: .hash(of: name)) }
    package mutating func settle(text html: String) { text.settle(on: .hash(of: html)) }
    package mutating func settle(state shown: GitHubIssue.State) { state.settle(on: shown) }

    /// Once GitHub shows closed what Plane deleted: there is nothing to send until it is back.
    package var closedInPlane: IssueAgreement {
        var agreement = self
        agreement.settle(state: .cancelled)
        return agreement
    }
}

extension IssueAgreement {
    /// Stores what is about to be sent, and on what both sides agree without a call.
    ///
    /// The answer is whether the issue is still as it was when this was decided.
    package func storing(of issueID: UUID, in repositorySyncID: UUID, at version: UUID) -> Read<Bool> {
        Read(
            """
            update github_sync.github_issue_versions
            set intents = \(intents.document)::jsonb, intended_at = now(), plane_name_hash = \(title.agreed.plane),
                plane_text_hash = \(text.agreed.plane), plane_state = \(state.agreed.plane)
            where repository_sync_id = \(repositorySyncID) and issue_id = \(issueID) and event_id = \(version)
            returning 1
            """
        ) { !$0.isEmpty }
    }
}

extension ProjectStates.State {
    /// What GitHub shows for an issue that is in this state in Plane.
    var gitHubState: GitHubIssue.State {
        switch group {
        case "completed": .completed
        case "cancelled": .cancelled
        default: .open
        }
    }
}
