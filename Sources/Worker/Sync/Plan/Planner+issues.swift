import Foundation
import Shared

extension Planner {
    /// Decides what the winning snapshot of an issue changes in one project.
    mutating func planIssue(
        _ observation: Observation,
        for follower: Follower,
        record: IssueRecord,
        key: PlaneKey
    ) -> Note {
        func skipped(_ outcome: EventResult.Outcome, _ why: String) -> Note {
            Note(winner: observation.eventID, outcome: outcome, changes: ["skipped: \(why)"])
        }
        guard !record.hasTombstone else { return skipped(.superseded, "the issue is gone from GitHub") }
        if observation.issueIsGone { return planDeletion(observation, for: follower, record: record, key: key) }
        if let applied = record.applied, observation.issueVersion <= applied.version {
            return skipped(.superseded, "older than what we have")
        }
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
        changes.issueVersions.append(version(observation, key, isGone: true, labels: [:], assignees: [:]))
        guard let plane = record.plane, !plane.isDeleted else {
            return Note(
                winner: observation.eventID,
                outcome: .applied,
                changes: ["noted that #\(issue.number) is gone"]
            )
        }
        let editor = actor(observation.sender, in: follower)
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
        guard let state = world.states[follower.projectID]?.target(for: issue.state) else {
            return Note(
                winner: observation.eventID,
                outcome: .ignored,
                changes: ["skipped: project \(follower.identifier) has no state to put an issue in"]
            )
        }
        let author = actor(issue.author, in: follower)
        changes.newIssues[record.id] = NewIssue(
            id: record.id,
            place: follower.place,
            repositorySyncID: follower.repositorySyncID,
            stateID: state.id,
            name: issue.planeName,
            html: Markdown.html(issue.body, repository: observation.repository.fullName),
            author: author,
            bot: follower.botID,
            createdAt: issue.createdAt,
            completedAt: issue.completedAt(in: state),
            githubID: issue.id,
            githubNumber: issue.number,
            url: issue.link(in: observation.repository),
            reference: "\(observation.repository.fullName)#\(issue.number)"
        )
        changes.activities.append(context(record.id, follower, author).created)
        var notes = ["created in \(state.name)"]
        let labels = planLabels(of: observation, for: follower, record: record, notes: &notes)
        let assignees = planAssignees(of: observation, for: follower, record: record, notes: &notes)
        changes.issueVersions.append(
            version(observation, key, isGone: false, labels: labels, assignees: assignees)
        )
        notes += unmappedAssignees(of: observation, in: follower)
        return Note(winner: observation.eventID, outcome: .applied, changes: notes)
    }

    private mutating func update(
        _ plane: PlaneIssue,
        to observation: Observation,
        for follower: Follower,
        record: IssueRecord,
        key: PlaneKey
    ) -> Note {
        let issue = observation.issue
        let editor = actor(observation.sender, in: follower)
        let context = context(record.id, follower, editor)
        var edit = IssueEdit(id: record.id, editor: editor)
        var notes: [String] = []

        if issue.titleHash != record.applied?.titleHash, issue.planeName != plane.name {
            edit.name = issue.planeName
            changes.activities.append(context.renamed(from: plane.name, to: issue.planeName))
            notes.append("title changed")
        }
        if issue.bodyHash != record.applied?.bodyHash {
            let html = Markdown.html(issue.body, repository: observation.repository.fullName)
            if html != plane.html {
                edit.html = html
                changes.activities.append(context.described(from: plane.html, to: html))
                notes.append("description changed")
            }
        }
        planState(of: issue, from: plane, record: record, for: follower, edit: &edit, notes: &notes)
        if let stateID = edit.stateID, let states = world.states[follower.projectID], let new = states.state(stateID) {
            changes.activities.append(context.moved(from: states.state(plane.stateID), to: new))
        }
        let labels = planLabels(of: observation, for: follower, record: record, notes: &notes)
        let assignees = planAssignees(of: observation, for: follower, record: record, notes: &notes)
        if !notes.isEmpty { changes.issueEdits[record.id] = edit }
        changes.issueVersions.append(
            version(observation, key, isGone: false, labels: labels, assignees: assignees)
        )
        notes += unmappedAssignees(of: observation, in: follower)
        return Note(winner: observation.eventID, outcome: .applied, changes: notes)
    }

    /// Only a real transition on GitHub moves the state, and not when a Plane user was there first: an open issue may
    /// be in any open state, a closed one in any state of its group.
    private func planState(
        of issue: GitHubIssue,
        from plane: PlaneIssue,
        record: IssueRecord,
        for follower: Follower,
        edit: inout IssueEdit,
        notes: inout [String]
    ) {
        guard let states = world.states[follower.projectID] else { return }
        let current = states.state(plane.stateID)
        var final = current
        if issue.state != record.applied?.state, let target = states.target(for: issue.state),
            current.map({ !issue.state.accepts($0, instead: target) }) ?? true
        {
            edit.stateID = target.id
            final = target
            notes.append("state \(current?.name ?? "none") → \(target.name)")
        }
        guard let final, edit.stateID != nil || issue.closedAt != record.applied?.closedAt else { return }
        let completedAt = issue.completedAt(in: final)
        // A completed issue that GitHub shows open was completed by a Plane user, whose time stays.
        guard edit.stateID != nil || issue.state != .open, completedAt != plane.completedAt else { return }
        edit.completedAt = completedAt
        edit.setsCompletedAt = true
        if edit.stateID == nil { notes.append("completion time changed") }
    }

    func context(_ issueID: UUID, _ follower: Follower, _ actor: UUID) -> Activity.Context {
        Activity.Context(issueID: issueID, place: follower.place, actor: actor)
    }

    private func version(
        _ observation: Observation,
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
            state: issue.state,
            closedAt: issue.closedAt,
            titleHash: issue.titleHash,
            bodyHash: issue.bodyHash,
            labels: labels,
            assignees: assignees
        )
    }
}

extension GitHubIssue.State {
    /// Whether an issue of this state may stay where it is rather than go to `target`.
    fileprivate func accepts(_ current: ProjectStates.State, instead target: ProjectStates.State) -> Bool {
        switch self {
        case .open: !["completed", "cancelled"].contains(current.group)
        case .completed, .cancelled: current.group == target.group
        }
    }
}

extension GitHubIssue {
    var titleHash: Bytes { Bytes(Array(sha256(title.utf8).prefix(16))) }
    var bodyHash: Bytes { Bytes(Array(sha256(body.utf8).prefix(16))) }

    /// Plane's column holds 255 characters and its interface needs one.
    var planeName: String {
        let cut = String(title.unicodeScalars.prefix(255))
        return cut.allSatisfy(\.isWhitespace) ? "(no title)" : cut
    }

    /// Plane sets `completed_at` exactly for states of group completed.
    ///
    /// Without `closed_at` the time of creation stands in: the only one that is the same in every snapshot.
    fileprivate func completedAt(in state: ProjectStates.State) -> Timestamp? {
        state.group == "completed" ? closedAt ?? createdAt : nil
    }

    /// The issue's page; Plane's column holds 200 characters.
    fileprivate func link(in repository: GitHubRepository) -> String {
        let isUsable = url.unicodeScalars.count <= 200 && url.hasPrefix("https://")
        return isUsable ? url : "https://github.com/\(repository.fullName)/issues/\(number)"
    }
}
