import Foundation
import GitHub
import Queue
import Text

extension Planner {
    /// Decides what the newest snapshot of a pull request changes in what is stored of it: who it is, and whom it names.
    ///
    /// What that does to issues is planned after these.
    mutating func planPull(_ latest: Latest<PullSnapshot>, for follower: Follower, key: PlaneKey) -> Note? {
        let seen = latest.seen
        guard latest.isNews else {
            return Note(seen.origin, .superseded, .skipped(.older))
        }
        let snapshot = AppliedPull(seen)
        pulls[key] = snapshot
        writes.pulls.versions.append(PullVersion(key: key, version: seen.version, snapshot: snapshot))

        let before = world.pulls.references.filter { $0.pull == key }
        let after = named(by: seen, for: follower, key: key)
        references.subtract(before)
        references.formUnion(after)
        writes.pulls.newReferences.formUnion(after.subtracting(before))
        writes.pulls.oldReferences.formUnion(before.subtracting(after))
        // An issue that is being made right now may be linked by what is stored.
        for reference in before.union(after) where world.pulls.targets[reference.issue] == nil {
            writes.pulls.pending.append(PendingReference(projectID: follower.projectID, issue: reference.issue))
        }
        return Note(seen.origin, .applied)
    }

    /// Whom it names, in the project's terms.
    ///
    /// An issue of GitHub's need not be there yet; a number of Plane's that leads nowhere means nothing. As on GitHub, a
    /// pull request to another branch than the default one closes nothing.
    private func named(by seen: PullSnapshot, for follower: Follower, key: PlaneKey) -> Set<PullReference> {
        var closes: [ScopedNumber: Bool] = [:]
        for mention in seen.mentions {
            let scoped = ScopedMention(repositorySyncID: follower.repositorySyncID, target: mention.target)
            guard let number = world.pulls.scopes[scoped] else { continue }
            if number.scopeID == follower.projectID, world.pulls.targets[number] == nil { continue }
            closes[number, default: false] = closes[number] == true || (mention.closes && seen.pull.isToDefaultBranch)
        }
        return Set(closes.map { PullReference(pull: key, issue: $0.key, closes: $0.value) })
    }

    /// Links the issues a pull request names, and moves those it closes.
    mutating func planLinks(of seen: PullSnapshot, for follower: Follower) {
        let key = PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: seen.pull.id)
        guard notes[.pull(key)]?.outcome == .applied, let snapshot = pulls[key] else { return }
        let before = targets(of: key, among: world.pulls.references)
        let after = targets(of: key, among: references)
        let all = before.merging(after) { _, new in new }
        for (issueID, target) in all.sorted(by: { $0.key < $1.key }) {
            guard let record = record(of: target), let plane = record.plane, !plane.isDeleted, !record.hasTombstone,
                writes.issues.deleted[issueID] == nil
            else { continue }
            let owner = world.followers.first { $0.repositorySyncID == target.key?.repositorySyncID } ?? follower
            let editor = actor(seen.origin.sender, in: owner)
            let context = context(issueID, owner, editor)
            var revision = IssueRevision(
                record: record,
                plane: plane,
                key: target.key,
                follower: owner,
                context: context,
                edit: writes.issues.edited[issueID] ?? IssueEdit(id: issueID, editor: editor)
            )
            // One that a Plane user removed stays removed until it is named anew.
            let isLinked = world.pulls.links.contains(PullLinkKey(issueID: issueID, githubPullID: key.githubID))
            if after[issueID] != nil, before[issueID] == nil, owner.settings.pullRequests.link {
                writes.pulls.newLinks.append(PullLink(key, snapshot, to: issueID, of: owner))
                writes.activities.append(context.linked(snapshot.url))
                revision.changes.append(.linked)
            } else if isLinked, after[issueID] == nil, let stored = world.pulls.stored[key]?.snapshot {
                writes.pulls.deletedLinks.append(PullLink(key, stored, to: issueID, of: owner))
                writes.activities.append(context.unlinked(stored.url))
                revision.changes.append(.linkRemoved)
            } else if isLinked, let stored = world.pulls.stored[key]?.snapshot,
                (stored.title, stored.url) != (snapshot.title, snapshot.url)
            {
                writes.pulls.retitledLinks.append(PullLink(key, snapshot, to: issueID, of: owner))
                revision.changes.append(.linkUpdated)
            }
            var lack: Change?
            if !plannedPhases.contains(issueID), let phase = phase(of: record, for: owner) {
                lack = planPhase(phase, &revision)
                let edit = revision.edit
                if edit.stateID != nil || edit.setsCompletedAt { writes.issues.edited[issueID] = edit }
            }
            if !revision.changes.isEmpty { touch(issueID, by: editor) }
            let changes = revision.changes + [lack].compactMap(\.self)
            note(changes.map { .onIssue("\(owner.identifier)-\(plane.number)", $0) }, on: .pull(key))
        }
    }

    /// Links a new issue to the pull requests that named it before it was there.
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
    fileprivate init(_ seen: PullSnapshot) {
        let pull = seen.pull
        number = pull.number
        state = pull.state
        mergedAt = pull.mergedAt
        let repository = seen.origin.repository
        let isUsable = pull.url.unicodeScalars.count <= 200 && GitHubServer(ofPage: pull.url) != nil
        url = isUsable ? pull.url : "\(repository.url)/pull/\(pull.number)"
        let (head, tail) = ("\(repository.fullName)#\(pull.number) ", " (\(pull.state.rawValue))")
        // Plane's column holds 255 characters.
        let room = 255 - head.unicodeScalars.count - tail.unicodeScalars.count
        title = head + String(pull.title.unicodeScalars.prefix(max(0, room))) + tail
    }
}

extension PullLink {
    fileprivate init(_ key: PlaneKey, _ snapshot: AppliedPull, to issueID: UUID, of follower: Follower) {
        self.issueID = issueID
        githubPullID = key.githubID
        place = follower.place
        bot = follower.botID
        title = snapshot.title
        url = snapshot.url
    }
}
