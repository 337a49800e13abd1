import Database
import Foundation
import GitHub
import Queue

/// An issue in one project, with what GitHub shows of it and what is known of it.
struct IssueSubject {
    let snapshot: IssueSnapshot
    let follower: Follower
    let key: PlaneKey
    let record: IssueRecord
    /// The snapshot after the settings were applied to it.
    let desired: DesiredIssue

    func note(_ outcome: Conclusion, _ changes: Change...) -> Planner.Note {
        Planner.Note(snapshot.origin, outcome, changes)
    }

    /// The version that is stored for the next comparison.
    func version(_ agreement: IssueAgreement, isGone: Bool = false, replaced: Replaced? = nil) -> IssueVersion {
        IssueVersion(
            key: key,
            isGone: isGone,
            applied: AppliedIssue(
                version: snapshot.version,
                number: snapshot.issue.number,
                closedAt: snapshot.issue.closedAt,
                priority: desired.priority,
                agreement: agreement
            ),
            replaced: replaced
        )
    }
}

/// The changes that are being planned for an issue that Plane shows.
struct IssueRevision {
    let record: IssueRecord
    let plane: PlaneIssue
    /// Nil for an issue that was made in Plane and is unknown to GitHub.
    let key: PlaneKey?
    let follower: Follower
    let context: Activity.Context
    var edit: IssueEdit
    var changes: [Change] = []
    /// Fields that both sides changed.
    private(set) var conflicts: [Change] = []

    /// Takes note of a conflict, if there is one over a field that goes to GitHub.
    mutating func note(_ news: News, about field: OutboundRules.Field) {
        guard case .conflict(let stays) = news, follower.settings.outboundRules.sends(field) else { return }
        conflicts.append(.conflict(field, stays: stays))
    }
}

extension IssueSnapshot {
    func plan(isNewer: Bool, in follower: Follower, _ planner: inout Planner) -> Planner.Note? {
        planner.plan(self, isNewer: isNewer, for: follower)
    }
}

extension Planner {
    /// Decides what the winning snapshot of an issue changes in one project.
    fileprivate mutating func plan(_ snapshot: IssueSnapshot, isNewer: Bool, for follower: Follower) -> Note? {
        let key = snapshot.key(in: follower)
        guard let record = world.issues[key] else { return nil }
        guard !record.hasTombstone else { return Note(snapshot.origin, .superseded, .skipped(.issueGone)) }
        guard isNewer else { return Note(snapshot.origin, .superseded, .skipped(.older)) }
        let subject = IssueSubject(
            snapshot: snapshot,
            follower: follower,
            key: key,
            record: record,
            desired: DesiredIssue(snapshot, for: follower, rules: world.rules(for: snapshot.origin, by: follower))
        )
        if snapshot.isGone { return delete(subject) }
        if let plane = record.plane, !plane.isDeleted { return update(subject, plane) }
        // An issue that we created and that no longer exists was removed by a Plane user.
        guard record.plane == nil, record.applied == nil else {
            // One that was made and deleted in Plane before GitHub showed it is compared with what GitHub shows.
            if record.applied == nil, record.plane?.isNative == true {
                writes.issues.versions.append(subject.version(IssueAgreement(subject)))
            }
            return subject.note(.ignored, .skipped(.issueDeletedInPlane))
        }
        return create(subject)
    }

    private mutating func delete(_ subject: IssueSubject) -> Note {
        writes.issues.versions.append(subject.version(IssueAgreement(subject), isGone: true))
        guard let plane = subject.record.plane, !plane.isDeleted else {
            return subject.note(.applied, .notedGone(number: subject.snapshot.issue.number))
        }
        let id = subject.record.id
        let editor = actor(subject.snapshot.origin.sender, in: subject.follower)
        writes.issues.deleted[id] = DeletedIssue(id: id, editor: editor)
        writes.activities.append(context(id, subject.follower, editor).deleted)
        return subject.note(.applied, .deleted)
    }

    private mutating func create(_ subject: IssueSubject) -> Note {
        let (follower, snapshot, desired, id) = (
            subject.follower, subject.snapshot, subject.desired, subject.record.id
        )
        let issue = snapshot.issue
        let phase = phase(after: snapshot, for: follower)
        guard let (state, remark) = planFirstState(phase, for: follower, key: subject.key) else {
            return subject.note(.ignored, .skipped(.noStates(project: follower.identifier)))
        }
        let byline = byline(of: issue.author, in: follower)
        let text = text(of: subject, byline)
        writes.issues.created[id] = NewIssue(
            id: id,
            place: follower.place,
            repositorySyncID: follower.repositorySyncID,
            stateID: state.id,
            name: desired.name,
            text: text,
            priority: desired.priority ?? .none,
            author: byline.author,
            bot: follower.botID,
            createdAt: issue.createdAt,
            completedAt: phase.completedAt(in: state, createdAt: issue.createdAt),
            githubID: issue.id,
            githubNumber: issue.number,
            parentID: follower.settings.newIssues.parent?.id,
            moduleID: follower.settings.newIssues.module?.id
        )
        writes.issues.linked.append(LinkedIssue(subject))
        planPageLink(of: subject)
        writes.activities.append(context(id, follower, byline.author).created)
        var changes = [Change.created(state: state.name)]
        var agreement = IssueAgreement(subject)
        agreement.state.settle(on: state.gitHubState)
        agreement.text = TextAgreement(TextAgreement.Pair(github: desired.bodyHash, plane: .hash(of: text.html)))
        planLabels(of: subject, &agreement.labels, &changes)
        attachDefaultLabels(to: subject, &changes)
        planAssignees(of: subject, &agreement.assignees, &changes)
        planNewLinks(of: subject, &changes)
        writes.issues.versions.append(subject.version(agreement))
        changes += [remark].compactMap(\.self) + unmappedAssignees(of: subject)
        return Note(snapshot.origin, .applied, changes)
    }

    private mutating func update(_ subject: IssueSubject, _ plane: PlaneIssue) -> Note {
        let (follower, snapshot, record) = (subject.follower, subject.snapshot, subject.record)
        let editor = actor(snapshot.origin.sender, in: follower)
        var revision = IssueRevision(
            record: record,
            plane: plane,
            key: subject.key,
            follower: follower,
            context: context(record.id, follower, editor),
            edit: IssueEdit(id: record.id, editor: editor, row: plane.rowVersion)
        )
        let isAdopted = record.applied == nil && plane.isNative
        if isAdopted { writes.issues.linked.append(LinkedIssue(subject)) }
        planPageLink(of: subject)
        var agreement = IssueAgreement(subject)
        planTitle(subject.desired, &agreement.title, &revision)
        planText(of: subject, &agreement.text, &revision)
        planPriority(subject.desired, &revision)
        let remark = planState(of: subject, &agreement.state, &revision)
        planLabels(of: subject, &agreement.labels, &revision.changes)
        planAssignees(of: subject, &agreement.assignees, &revision.changes)
        if !revision.changes.isEmpty { writes.issues.edited[record.id] = revision.edit }
        let isOutbound = follower.settings.outbound.issues != .off
        let written = record.applied.map {
            Replaced.Written(hash: $0.agreement.text.agreed.plane, delivery: $0.version.eventID)
        }
        let replaced = isOutbound ? Replaced(revision.edit, over: plane, written: written) : nil
        writes.issues.versions.append(subject.version(agreement, replaced: replaced))
        if differs(revision, agreement) {
            let place = follower.repositorySyncID
            writes.differences.insert(Difference(kind: .issue, repositorySyncID: place, planeID: record.id))
        }
        let adopted = isAdopted ? [Change.adopted(number: snapshot.issue.number)] : []
        let remarks = [remark].compactMap(\.self) + unmappedAssignees(of: subject)
        return Note(snapshot.origin, .applied, adopted + revision.changes + revision.conflicts + remarks)
    }

    private mutating func planTitle(
        _ desired: DesiredIssue,
        _ agreement: inout IssueAgreement.Title,
        _ revision: inout IssueRevision
    ) {
        guard desired.titleHash != agreement.agreed.github else { return }
        let name = Bytes.hash(of: revision.plane.name)
        let conflict = revision.follower.settings.outboundRules.conflict(over: .title)
        let news = agreement.observe(desired.titleHash, shown: .hash(of: desired.name), plane: name, conflict)
        revision.note(news, about: .title)
        guard news.isTaken, desired.name != revision.plane.name else { return }
        revision.edit.name = desired.name
        writes.activities.append(revision.context.renamed(from: revision.plane.name, to: desired.name))
        revision.changes.append(.titleChanged)
    }

    /// Writes the text if GitHub changed it.
    ///
    /// If only its author turned out to be a Plane user, the text loses the line that names them.
    private mutating func planText(
        of subject: IssueSubject,
        _ agreement: inout TextAgreement,
        _ revision: inout IssueRevision
    ) {
        let plane = revision.plane
        let current = CurrentText(author: plane.authorID, html: plane.html)
        let byline =
            plane.isNative
            ? Byline(keeping: current, in: subject.follower)
            : byline(of: subject.snapshot.issue.author, replacing: current, in: subject.follower)
        let hash = subject.desired.bodyHash
        let isChanged = hash != agreement.agreed.github && !agreement.recognize(hash)
        var text: RichText?
        if isChanged {
            let new = self.text(of: subject, byline)
            let base = subject.record.applied?.version
            let news = news(new, hash, over: plane.html ?? "", base, &agreement, subject.follower) { delivery in
                delivery.snapshot(IssueSnapshot.self).map {
                    Renderings.Body($0.issue.body, hash: $0.bodyHash, in: $0.context)
                }
            }
            revision.note(news, about: .text)
            text = news.isTaken ? new : nil
        } else if byline.newAuthor != nil {
            text = plane.html.flatMap(Attribution.removed).map { RichText(html: $0) }
            if let text { agreement.rewrite(.hash(of: plane.html ?? ""), as: .hash(of: text.html)) }
        }
        if let text, text.html != plane.html {
            revision.edit.text = text
            let editor = isChanged ? revision.edit.editor : subject.follower.botID
            let context = context(subject.record.id, subject.follower, editor)
            writes.activities.append(context.described(from: plane.html ?? "", to: text.html))
            if isChanged { revision.changes.append(.descriptionChanged) }
        }
        if let author = byline.newAuthor {
            revision.edit.author = author.userID
            revision.changes.append(.opener(author.displayName))
        }
    }

    /// The text, which begins with the name of its author where Plane shows the bot as the author.
    private mutating func text(of subject: IssueSubject, _ byline: Byline) -> RichText {
        let (desired, snapshot) = (subject.desired, subject.snapshot)
        let text = text(of: desired.body, hash: desired.bodyHash, in: snapshot.context)
        guard byline.namesAuthor else { return text }
        let (author, server) = (snapshot.issue.author, snapshot.repository.server)
        guard text.html != "<p></p>" else { return RichText(html: Attribution.html(author, .opened, on: server)) }
        return Attribution.html(author, on: server) + text
    }

    /// Writes the priority if the rules give another one than for the snapshot that was last applied.
    ///
    /// When no rule gives one any more, it becomes none again.
    private mutating func planPriority(_ desired: DesiredIssue, _ revision: inout IssueRevision) {
        guard desired.priority != revision.record.applied?.priority else { return }
        let (old, new) = (revision.plane.priority, desired.priority ?? .none)
        guard new.rawValue != old else { return }
        revision.edit.priority = new
        writes.activities.append(revision.context.prioritized(from: old, to: new.rawValue))
        revision.changes.append(.priorityChanged(from: old, to: new.rawValue))
    }
}
