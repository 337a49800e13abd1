import Base
import Foundation
import GitHub

extension Planner {
    /// The phase of an issue once this snapshot of it is applied.
    func phase(after snapshot: IssueSnapshot, for follower: Follower) -> Phase {
        let issue = snapshot.issue
        let plane = world.issues[snapshot.key(in: follower)]?.plane
        let numbers = numbers(of: issue.number, plane: plane, in: follower)
        return Phase(issue.state, closedAt: issue.closedAt, closedBy: closers(of: numbers, among: references, pulls))
    }

    /// Moves an issue to the state that stands for what a snapshot shows, unless that is what was sent.
    /// - Returns: the state that the project lacks, for the event's result.
    mutating func planState(
        of subject: IssueSubject,
        _ agreement: inout IssueAgreement.State,
        _ revision: inout IssueRevision
    ) -> Change? {
        let (follower, shown) = (subject.follower, subject.snapshot.issue.state)
        let states = world.states[follower.projectID]
        let current = states?.state(revision.plane.stateID)?.gitHubState ?? agreement.agreed.plane
        let conflict = follower.settings.outboundRules.conflict(over: .state)
        let news = agreement.observe(shown, shown: shown, plane: current, conflict)
        revision.note(news, about: .state)
        // An issue that was made in Plane has a state before GitHub shows it.
        let isAdopted = subject.record.applied == nil && revision.plane.isNative
        guard news.isTaken || (news == .none && !isAdopted) else {
            plannedPhases.insert(subject.record.id)
            return nil
        }
        let remark = planPhase(phase(after: subject.snapshot, for: follower), &revision)
        let isMoved = revision.edit.stateID != nil
        // Where the project has no state for what GitHub shows, another one stands for it.
        if news.isTaken || isMoved, let final = states?.state(revision.edit.stateID ?? revision.plane.stateID) {
            agreement.settle(on: final.gitHubState)
        }
        return remark
    }

    /// Moves an issue whose phase on GitHub changed.
    ///
    /// An issue that a Plane user moved away from the state of the last phase stays where it is, as long as its state
    /// can stand for the new phase. If the project had no state for a move, the first delivery that finds one makes up
    /// for it, unless a Plane user moved the issue meanwhile.
    /// - Returns: the state that the project lacks, for the event's result.
    mutating func planPhase(_ phase: Phase, _ revision: inout IssueRevision) -> Change? {
        let (record, plane, follower) = (revision.record, revision.plane, revision.follower)
        plannedPhases.insert(record.id)
        guard let states = world.states[follower.projectID] else { return nil }
        let before = phaseBefore(record, for: follower)
        let current = states.state(plane.stateID)
        let isWaiting = plane.stateID != nil && record.waitingStateID == plane.stateID
        var final = current
        var missingState: String?
        if phase.step != before?.step || isWaiting {
            let target = states.target(for: phase.step, follower.settings)
            let previous = before.flatMap { states.target(for: $0.step, follower.settings).state }
            let isWhereWePutIt = isWaiting || (current != nil && current?.id == previous?.id)
            if let state = target.state, state.id != current?.id,
                isWhereWePutIt || current.map({ !phase.step.accepts($0, instead: state) }) ?? true
            {
                revision.edit.stateID = state.id
                final = state
                writes.activities.append(revision.context.moved(from: current, to: state))
                revision.changes.append(.stateChanged(from: current?.name, to: state.name))
            }
            // A Plane user may have chosen a state that stands for the phase; nothing is missing then.
            let isUsersChoice = final?.id != target.state?.id && final.map(phase.step.matches) ?? false
            if !isUsersChoice { missingState = target.missing }
        }
        let waitingStateID = missingState == nil ? nil : revision.edit.stateID ?? plane.stateID
        noteWaiting(in: waitingStateID, before: record.waitingStateID, of: revision.key)
        planCompletion(of: phase, after: before, in: final, &revision)
        return missingState.map { .stateMissing(project: follower.identifier, missing: $0, current: final?.name) }
    }

    private func planCompletion(
        of phase: Phase,
        after before: Phase?,
        in state: ProjectStates.State?,
        _ revision: inout IssueRevision
    ) {
        let (plane, isMoved) = (revision.plane, revision.edit.stateID != nil)
        guard let state, isMoved || phase.endedAt != before?.endedAt else { return }
        let completedAt = phase.completedAt(in: state, createdAt: plane.createdAt)
        // If GitHub shows a completed issue open, a Plane user completed it, and that user's time stays.
        guard isMoved || phase.isEnded, completedAt != plane.completedAt else { return }
        revision.edit.completedAt = completedAt
        revision.edit.setsCompletedAt = true
        if !isMoved { revision.changes.append(.completionTimeChanged) }
    }

    /// The state for a new issue, and the one that its project lacks.
    mutating func planFirstState(
        _ phase: Phase,
        for follower: Follower,
        key: PlaneKey
    ) -> (state: ProjectStates.State, remark: Change?)? {
        guard let states = world.states[follower.projectID] else { return nil }
        let target = states.target(for: phase.step, follower.settings)
        // A new issue needs a state in any case.
        let other = states.target(for: .open, follower.settings).state ?? states.ordered.first
        guard let state = target.state ?? other else { return nil }
        noteWaiting(in: target.missing.map { _ in state.id }, before: nil, of: key)
        let remark = target.missing.map {
            Change.stateMissing(project: follower.identifier, missing: $0, current: state.name)
        }
        return (state, remark)
    }

    /// Stores in which state an issue waits for another one; an issue made in Plane has no version row for this.
    private mutating func noteWaiting(in waitingStateID: UUID?, before: UUID?, of key: PlaneKey?) {
        guard let key, waitingStateID != before else { return }
        writes.issues.waitingStates[key] = .some(waitingStateID)
    }

    /// The phase that was last applied, of the issue and the pull requests that close it.
    private func phaseBefore(_ record: IssueRecord, for follower: Follower) -> Phase? {
        guard let plane = record.plane else { return nil }
        let stored = world.pulls.stored.mapValues(\.pull)
        let numbers = numbers(of: record, plane: plane, in: follower)
        let closers = closers(of: numbers, among: world.pulls.references, stored)
        return Phase(record.applied?.state ?? .open, closedAt: record.applied?.closedAt, closedBy: closers)
    }

    /// The phase of an issue whose own snapshot did not change, although its pull requests may have.
    func phase(of record: IssueRecord, for follower: Follower) -> Phase? {
        guard let plane = record.plane else { return nil }
        let closers = closers(of: numbers(of: record, plane: plane, in: follower), among: references, pulls)
        return Phase(record.applied?.state ?? .open, closedAt: record.applied?.closedAt, closedBy: closers)
    }

    private func numbers(of record: IssueRecord, plane: PlaneIssue, in follower: Follower) -> Set<ScopedNumber> {
        let target = world.pulls.targets.values.first { $0.issueID == record.id }
        let known = target?.numbers ?? []
        return Set(known).union([ScopedNumber(scopeID: follower.projectID, number: Int64(plane.number))])
            .union(record.applied?.number.map { [ScopedNumber(scopeID: follower.repositorySyncID, number: $0)] } ?? [])
    }

    private func numbers(of number: Int64, plane: PlaneIssue?, in follower: Follower) -> Set<ScopedNumber> {
        let github = ScopedNumber(scopeID: follower.repositorySyncID, number: number)
        let planes = plane.map { ScopedNumber(scopeID: follower.projectID, number: Int64($0.number)) }
        return Set([github, planes].compactMap(\.self))
    }

    private func closers(
        of numbers: Set<ScopedNumber>,
        among references: Set<PullReference>,
        _ pulls: [PlaneKey: AppliedPull]
    ) -> [AppliedPull] {
        references.isEmpty
            ? []
            : Set(references.filter { $0.closes && numbers.contains($0.issue) }.map(\.pull)).compactMap { pulls[$0] }
    }
}

extension Phase {
    var isEnded: Bool { [.completed, .cancelled, .merged].contains(step) }

    /// The completion time, which Plane sets for states of group completed and no others.
    ///
    /// Without a time from GitHub the time of creation is taken, because it is the only one that is the same in every
    /// snapshot.
    func completedAt(in state: ProjectStates.State, createdAt: Timestamp) -> Timestamp? {
        state.group == "completed" ? endedAt ?? createdAt : nil
    }
}
