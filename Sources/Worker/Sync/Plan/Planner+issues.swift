import Foundation
import GitHub
import Queue

extension Planner {
    /// Decides what the winning snapshot of an issue changes in one project.
    mutating func planIssue(
        _ latest: Latest<Observation>,
        for follower: Follower,
        key: PlaneKey
    ) -> Note? {
        let observation = latest.seen
        guard let record = world.issues[key] else { return nil }
        func skipped(_ outcome: Conclusion, _ why: String) -> Note {
            Note(winner: observation.eventID, outcome: outcome, changes: ["skipped: \(why)"])
        }
        guard !record.hasTombstone else { return skipped(.superseded, "the issue is gone from GitHub") }
        if observation.issueIsGone { return planDeletion(observation, for: follower, record: record, key: key) }
        guard latest.isNews else { return skipped(.superseded, "older than what we have") }
        if let plane = record.plane, !plane.isDeleted {
            return update(plane, to: observation, for: follower, record: record, key: key)
        }
        // What we made once and is no longer there was taken away by a Plane user.
        guard record.plane == nil, record.applied == nil else {
            return skipped(.ignored, "the issue was deleted in Plane")
        }
        return create(observation, for: follower, record: record, key: key)
    }

    private mutating func planDeletion(
        _ observation: Observation,
        for follower: Follower,
        record: IssueRecord,
        key: PlaneKey
    ) -> Note {
        let issue = observation.issue
        let desired = desired(observation, for: follower)
        changes.issueVersions.append(version(observation, desired, key, isGone: true, labels: [:], assignees: [:]))
        guard let plane = record.plane, !plane.isDeleted else {
            return Note(
                winner: observation.eventID,
                outcome: .applied,
                changes: ["noted that #\(issue.number) is gone"]
            )
        }
        let editor = actor(observation.origin.sender, in: follower)
        changes.deletedIssues[record.id] = DeletedIssue(id: record.id, editor: editor)
        changes.activities.append(context(record.id, follower, editor).deleted)
        return Note(winner: observation.eventID, outcome: .applied, changes: ["deleted"])
    }

    private mutating func create(
        _ observation: Observation,
        for follower: Follower,
        record: IssueRecord,
        key: PlaneKey
    ) -> Note {
        let issue = observation.issue
        let desired = desired(observation, for: follower)
        let phase = phase(after: observation, for: follower)
        guard let (state, lack) = planFirstState(phase, for: follower, key: key) else {
            return Note(
                winner: observation.eventID,
                outcome: .ignored,
                changes: ["skipped: project \(follower.identifier) has no state to put an issue in"]
            )
        }
        let byline = byline(of: issue.author, in: follower)
        changes.newIssues[record.id] = NewIssue(
            id: record.id,
            place: follower.place,
            repositorySyncID: follower.repositorySyncID,
            stateID: state.id,
            name: desired.name,
            text: text(of: desired, in: observation, byline),
            priority: desired.priority ?? .none,
            author: byline.author,
            bot: follower.botID,
            createdAt: issue.createdAt,
            completedAt: phase.completedAt(in: state, createdAt: issue.createdAt),
            githubID: issue.id,
            githubNumber: issue.number,
            url: issue.link(in: observation.repository),
            reference: "\(observation.repository.fullName)#\(issue.number)",
            parentID: follower.settings.newIssues.parent?.id,
            moduleID: follower.settings.newIssues.module?.id
        )
        changes.activities.append(context(record.id, follower, byline.author).created)
        var notes = [Self.created + state.name]
        let labels = planLabels(desired, of: observation, for: follower, record: record, notes: &notes)
        attachDefaultLabels(record: record, for: follower, notes: &notes)
        let assignees = planAssignees(of: observation, for: follower, record: record, notes: &notes)
        planNewLinks(of: observation, record: record, for: follower, notes: &notes)
        changes.issueVersions.append(
            version(observation, desired, key, isGone: false, labels: labels, assignees: assignees)
        )
        notes += [lack].compactMap(\.self) + unmappedAssignees(of: observation, in: follower)
        return Note(winner: observation.eventID, outcome: .applied, changes: notes)
    }

    private mutating func update(
        _ plane: PlaneIssue,
        to observation: Observation,
        for follower: Follower,
        record: IssueRecord,
        key: PlaneKey
    ) -> Note {
        let desired = desired(observation, for: follower)
        let editor = actor(observation.origin.sender, in: follower)
        let context = context(record.id, follower, editor)
        var edit = IssueEdit(id: record.id, editor: editor)
        var notes: [String] = []

        if desired.titleHash != record.applied?.titleHash, desired.name != plane.name {
            edit.name = desired.name
            changes.activities.append(context.renamed(from: plane.name, to: desired.name))
            notes.append("title changed")
        }
        planText(desired, of: observation, from: plane, record: record, for: follower, edit: &edit, notes: &notes)
        planPriority(desired, from: plane, record: record, context: context, edit: &edit, notes: &notes)
        let lack = planPhase(
            phase(after: observation, for: follower),
            of: record,
            key: key,
            for: follower,
            context: context,
            edit: &edit,
            notes: &notes
        )
        let labels = planLabels(desired, of: observation, for: follower, record: record, notes: &notes)
        let assignees = planAssignees(of: observation, for: follower, record: record, notes: &notes)
        if !notes.isEmpty { changes.issueEdits[record.id] = edit }
        changes.issueVersions.append(
            version(observation, desired, key, isGone: false, labels: labels, assignees: assignees)
        )
        notes += [lack].compactMap(\.self) + unmappedAssignees(of: observation, in: follower)
        return Note(winner: observation.eventID, outcome: .applied, changes: notes)
    }

    /// A text is written when GitHub changed it.
    ///
    /// One whose author turns out to be a Plane user loses only the line that named them.
    private mutating func planText(
        _ desired: DesiredIssue,
        of observation: Observation,
        from plane: PlaneIssue,
        record: IssueRecord,
        for follower: Follower,
        edit: inout IssueEdit,
        notes: inout [String]
    ) {
        let shown = ShownText(author: plane.authorID, html: plane.html)
        let byline = byline(of: observation.issue.author, until: shown, in: follower)
        let isChanged = desired.bodyHash != record.applied?.bodyHash
        var text: RichText?
        if isChanged {
            text = self.text(of: desired, in: observation, byline)
        } else if byline.newAuthor != nil {
            text = plane.html.flatMap(Attribution.removed).map { RichText(html: $0) }
        }
        if let text, text.html != plane.html {
            edit.text = text
            let context = context(record.id, follower, isChanged ? edit.editor : follower.botID)
            changes.activities.append(context.described(from: plane.html ?? "", to: text.html))
            if isChanged { notes.append("description changed") }
        }
        if let author = byline.newAuthor {
            edit.author = author.userID
            notes.append("opened by \(author.displayName)")
        }
    }

    /// The text, opened by the author's name where Plane shows the bot as author.
    private mutating func text(of desired: DesiredIssue, in observation: Observation, _ byline: Byline) -> RichText {
        let text = text(of: desired.body, hash: desired.bodyHash, in: observation.context)
        guard byline.namesAuthor else { return text }
        let (author, server) = (observation.issue.author, observation.repository.server)
        guard text.html != "<p></p>" else { return RichText(html: Attribution.html(author, .opened, on: server)) }
        return Attribution.html(author, on: server) + text
    }

    /// A priority is written when what the rules make of the snapshot changed; without a rule for it any more it is
    /// none again.
    private mutating func planPriority(
        _ desired: DesiredIssue,
        from plane: PlaneIssue,
        record: IssueRecord,
        context: Activity.Context,
        edit: inout IssueEdit,
        notes: inout [String]
    ) {
        guard desired.priority != record.applied?.priority else { return }
        let priority = desired.priority ?? .none
        guard priority.rawValue != plane.priority else { return }
        edit.priority = priority
        changes.activities.append(context.prioritized(from: plane.priority, to: priority.rawValue))
        notes.append("priority \(plane.priority) → \(priority.rawValue)")
    }

    private func desired(_ observation: Observation, for follower: Follower) -> DesiredIssue {
        let key = RuleKey(eventID: observation.eventID, repositorySyncID: follower.repositorySyncID)
        return DesiredIssue(observation, for: follower, rules: world.rules[key])
    }

    func context(_ issueID: UUID, _ follower: Follower, _ actor: UUID) -> Activity.Context {
        Activity.Context(issueID: issueID, place: follower.place, actor: actor)
    }

    private func version(
        _ observation: Observation,
        _ desired: DesiredIssue,
        _ key: PlaneKey,
        isGone: Bool,
        labels: [Int64: UUID],
        assignees: [Int64: UUID]
    ) -> IssueVersion {
        let issue = observation.issue
        return IssueVersion(
            key: key,
            version: observation.issueVersion,
            isGone: isGone,
            number: issue.number,
            state: issue.state,
            closedAt: issue.closedAt,
            titleHash: desired.titleHash,
            bodyHash: desired.bodyHash,
            labels: labels,
            assignees: assignees,
            priority: desired.priority
        )
    }
}

extension GitHubIssue {
    /// The issue's page; Plane's column holds 200 characters.
    fileprivate func link(in repository: GitHubRepository) -> String {
        let isUsable = url.unicodeScalars.count <= 200 && GitHubServer(ofPage: url) != nil
        return isUsable ? url : "\(repository.url)/issues/\(number)"
    }
}
