import Foundation
import GitHub
import Queue
import Text

extension PullSnapshot {
    func plan(isNewer: Bool, in follower: Follower, _ planner: inout Planner) -> Planner.Note? {
        planner.plan(self, isNewer: isNewer, for: follower)
    }

    func planConsequences(in follower: Follower, _ planner: inout Planner) {
        planner.planLinks(of: self, for: follower)
    }
}

extension Planner {
    /// Decides what the newest snapshot of a pull request changes in its stored version and references.
    ///
    /// The links and states of issues are planned after the issues themselves.
    fileprivate mutating func plan(_ snapshot: PullSnapshot, isNewer: Bool, for follower: Follower) -> Note? {
        let key = snapshot.key(in: follower)
        guard isNewer else {
            return Note(snapshot.origin, .superseded, .skipped(.older))
        }
        let pull = AppliedPull(snapshot)
        pulls[key] = pull
        writes.pulls.versions.append(PullVersion(key: key, version: snapshot.version, pull: pull))

        let before = world.pulls.references.filter { $0.pull == key }
        let after = named(by: snapshot, for: follower, key: key)
        references.subtract(before)
        references.formUnion(after)
        writes.pulls.newReferences.formUnion(after.subtracting(before))
        writes.pulls.oldReferences.formUnion(before.subtracting(after))
        // Another worker may be creating this issue right now: under the number lock one of the two sees the other.
        for reference in before.union(after) where world.pulls.targets[reference.issue] == nil {
            writes.pulls.pending.append(PendingReference(projectID: follower.projectID, issue: reference.issue))
        }
        return Note(snapshot.origin, .applied)
    }

    /// The issues that a pull request names, as the project understands them.
    ///
    /// An issue of GitHub's need not exist yet; a number of Plane's without an issue means nothing. As on GitHub, a
    /// pull request to another branch than the default one closes nothing.
    private func named(by snapshot: PullSnapshot, for follower: Follower, key: PlaneKey) -> Set<PullReference> {
        var closes: [ScopedNumber: Bool] = [:]
        for mention in snapshot.mentions {
            let scoped = ScopedMention(repositorySyncID: follower.repositorySyncID, target: mention.target)
            guard let number = world.pulls.scopes[scoped] else { continue }
            if number.scopeID == follower.projectID, world.pulls.targets[number] == nil { continue }
            closes[number, default: false] =
                closes[number] == true || (mention.closes && snapshot.pull.isToDefaultBranch)
        }
        return Set(closes.map { PullReference(pull: key, issue: $0.key, closes: $0.value) })
    }

    /// Links the issues that a pull request names, and moves those that it closes.
    fileprivate mutating func planLinks(of snapshot: PullSnapshot, for follower: Follower) {
        let key = snapshot.key(in: follower)
        let object = snapshot.object(in: follower)
        guard notes[object]?.outcome == .applied, let pull = pulls[key] else { return }
        let before = targets(of: key, among: world.pulls.references)
        let after = targets(of: key, among: references)
        let all = before.merging(after) { _, new in new }
        for (issueID, target) in all.sorted(by: { $0.key < $1.key }) {
            guard let record = record(of: target), let plane = record.plane, !plane.isDeleted, !record.hasTombstone,
                writes.issues.deleted[issueID] == nil
            else { continue }
            let owner = world.followers.first { $0.repositorySyncID == target.key?.repositorySyncID } ?? follower
            let editor = actor(snapshot.origin.sender, in: owner)
            let context = context(issueID, owner, editor)
            var revision = IssueRevision(
                record: record,
                plane: plane,
                key: target.key,
                follower: owner,
                context: context,
                edit: writes.issues.edited[issueID] ?? IssueEdit(id: issueID, editor: editor)
            )
            revision.edit.row = plane.rowVersion
            // A link that a Plane user removed stays away until the pull request names the issue anew.
            let isLinked = world.pulls.links.contains(PullLinkKey(issueID: issueID, githubPullID: key.githubID))
            if after[issueID] != nil, before[issueID] == nil, owner.settings.pullRequests.link {
                writes.pulls.newLinks.append(PullLink(key, pull, to: issueID, of: owner))
                writes.activities.append(context.linked(pull.url))
                revision.changes.append(.linked)
            } else if isLinked, after[issueID] == nil, let stored = world.pulls.stored[key]?.pull {
                writes.pulls.deletedLinks.append(PullLink(key, stored, to: issueID, of: owner))
                writes.activities.append(context.unlinked(stored.url))
                revision.changes.append(.linkRemoved)
            } else if isLinked, let stored = world.pulls.stored[key]?.pull,
                (stored.title, stored.url) != (pull.title, pull.url)
            {
                writes.pulls.retitledLinks.append(PullLink(key, pull, to: issueID, of: owner))
                revision.changes.append(.linkUpdated)
            }
            var remark: Change?
            if !plannedPhases.contains(issueID), let phase = phase(of: record, for: owner) {
                remark = planPhase(phase, &revision)
                let edit = revision.edit
                // It is not a person's change, so it does not go to GitHub.
                let state = edit.stateID.flatMap { world.states[owner.projectID]?.state($0) }
                if let state, let key = target.key { writes.issues.planeStates[key] = state.gitHubState }
                if edit.stateID != nil || edit.setsCompletedAt { writes.issues.edited[issueID] = edit }
            }
            if !revision.changes.isEmpty { touch(issueID, by: editor) }
            let changes = revision.changes + [remark].compactMap(\.self)
            note(changes.map { .onIssue("\(owner.identifier)-\(plane.number)", $0) }, on: object)
        }
    }

    /// Links a new issue to the pull requests that named it before it existed.
    mutating func planNewLinks(of subject: IssueSubject, _ changes: inout [Change]) {
        let (follower, snapshot, issueID) = (subject.follower, subject.snapshot, subject.record.id)
        guard follower.settings.pullRequests.link, !references.isEmpty else { return }
        let number = ScopedNumber(scopeID: follower.repositorySyncID, number: snapshot.issue.number)
        let keys = references.filter { $0.issue == number }.map(\.pull)
        for key in keys.sorted(by: { $0.githubID < $1.githubID }) {
            guard let pull = pulls[key] else { continue }
            writes.pulls.newLinks.append(PullLink(key, pull, to: issueID, of: follower))
            let editor = actor(snapshot.origin.sender, in: follower)
            writes.activities.append(context(issueID, follower, editor).linked(pull.url))
            changes.append(.linkedPull(number: pull.number))
        }
    }

    private func targets(of pull: PlaneKey, among references: Set<PullReference>) -> [UUID: PullTarget] {
        references.filter { $0.pull == pull }.reduce(into: [:]) { targets, reference in
            guard let target = world.pulls.targets[reference.issue] else { return }
            targets[target.issueID] = target
        }
    }

    private func record(of target: PullTarget) -> IssueRecord? {
        target.key.flatMap { world.issues[$0] } ?? world.pulls.natives[target.issueID]
    }
}

extension AppliedPull {
    fileprivate init(_ snapshot: PullSnapshot) {
        let pull = snapshot.pull
        number = pull.number
        state = pull.state
        mergedAt = pull.mergedAt
        let repository = snapshot.origin.repository
        let isUsable = pull.url.unicodeScalars.count <= 200 && GitHubServer(ofPage: pull.url) != nil
        url = isUsable ? pull.url : "\(repository.url)/pull/\(pull.number)"
        let (head, tail) = ("\(repository.fullName)#\(pull.number) ", " (\(pull.state.rawValue))")
        // Plane's column holds 255 characters.
        let room = 255 - head.unicodeScalars.count - tail.unicodeScalars.count
        title = head + String(pull.title.unicodeScalars.prefix(max(0, room))) + tail
    }
}

extension PullLink {
    fileprivate init(_ key: PlaneKey, _ pull: AppliedPull, to issueID: UUID, of follower: Follower) {
        self.issueID = issueID
        githubPullID = key.githubID
        place = follower.place
        bot = follower.botID
        title = pull.title
        url = pull.url
    }
}
