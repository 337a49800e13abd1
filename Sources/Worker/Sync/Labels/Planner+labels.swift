import Base
import Foundation
import GitHub

/// A label that an issue needs and its project lacks.
struct NewLabel: Sendable, Equatable {
    let place: Place
    let bot: UUID
    let repositorySyncID: UUID
    /// The name that the issue asks for.
    let wantedName: String
    let name: String
    let description: String
    /// `#rrggbb`.
    let color: String
    /// Nil for a label that settings ask for.
    let githubID: Int64?
}

extension Planner {
    /// The labels that must exist before a batch can be planned.
    ///
    /// Of several labels with one name, the one with the smallest GitHub id is made.
    static func missingLabels(_ batch: SyncBatch, in world: World) -> [NewLabel] {
        var missing: [Place: [LabelName: NewLabel]] = [:]
        for follower in world.followers {
            for snapshot in batch.issues where snapshot.repository.id == follower.repositoryID {
                guard world.refusal(of: snapshot.origin, by: follower) == nil,
                    let record = world.issues[snapshot.key(in: follower)],
                    world.newest[follower.repositorySyncID]?.applies(snapshot, to: record) == true
                else { continue }
                let desired = DesiredIssue.labels(
                    of: snapshot,
                    for: follower,
                    rules: world.rules(for: snapshot.origin, by: follower)
                )
                let attached = record.applied?.agreement.labels.agreed ?? [:]
                let defaults = record.plane == nil ? DesiredIssue.defaultLabels(follower.settings) : []
                let wanted = desired.filter { attached[$0.key] == nil } + defaults
                for label in wanted where !label.name.isEmpty {
                    guard !world.isGone(label, for: follower), world.label(label, for: follower) == nil else {
                        continue
                    }
                    let new = NewLabel(label, for: follower, in: world)
                    let name = LabelName(label.name)
                    if let other = missing[follower.place]?[name], other.comesBefore(new) { continue }
                    missing[follower.place, default: [:]][name] = new
                }
            }
        }
        // Every worker uses this order, so that two that make the same labels wait for each other instead of
        // deadlocking on the unique index.
        return missing.values.flatMap(\.values).sorted {
            ($0.place.projectID, $0.name, $0.githubID ?? 0) < ($1.place.projectID, $1.name, $1.githubID ?? 0)
        }
    }

    /// Attaches and detaches the labels that GitHub attached and detached since the snapshot that was last applied.
    ///
    /// Labels that Plane users attached or detached themselves stay as they left them: only GitHub's changes are
    /// carried over, and only labels that the bot attached are detached, unless labels go to GitHub too.
    ///
    /// Settings count at the moment when GitHub attaches a label. The version keeps the label in Plane that was
    /// attached for it, so that the same label is detached later.
    mutating func planLabels(
        of subject: IssueSubject,
        _ agreement: inout IssueAgreement.Elements,
        _ changes: inout [Change]
    ) {
        let (follower, record) = (subject.follower, subject.record)
        let before = agreement.agreed
        var wanted: [Int64: UUID] = [:]
        for label in subject.desired.labels where !world.isGone(label, for: follower) {
            if let attached = before[label.key] {
                wanted[label.key] = attached
            } else if let found = world.label(label, for: follower) {
                wanted[label.key] = found.id
                noteMapping(label, to: found.id, for: follower)
            }
        }
        let context = context(record.id, follower, actor(subject.snapshot.origin.sender, in: follower))
        let isNew = record.plane == nil
        func name(_ id: UUID) -> String { world.labels.projects[follower.projectID]?.byID[id]?.name ?? "" }

        let change = agreement.observe(wanted, plane: Set(record.labels.keys))
        for label in change.added.sorted() {
            writes.issues.attachedLabels.append(attachment(label, to: subject))
            if !isNew { writes.activities.append(context.labelAdded(label, name(label))) }
            changes.append(.labelAdded(name(label)))
        }
        // While labels go to GitHub too, GitHub and Plane have the same, whoever attached them.
        let detachesAll = follower.settings.outbound.sends(.labels)
        for label in change.removed.sorted()
        where detachesAll || record.labels[label] == .some(follower.botID) {
            writes.issues.detachedLabels.append(attachment(label, to: subject))
            writes.activities.append(context.labelRemoved(label, name(label)))
            changes.append(.labelRemoved(name(label)))
        }
    }

    /// Attaches the labels that settings give to new issues; they are not GitHub's, so nothing detaches them again.
    mutating func attachDefaultLabels(to subject: IssueSubject, _ changes: inout [Change]) {
        let attached = Set(
            writes.issues.attachedLabels.filter { $0.issueID == subject.record.id }.map(\.targetID)
        )
        for label in DesiredIssue.defaultLabels(subject.follower.settings) {
            guard let found = world.label(label, for: subject.follower), !attached.contains(found.id) else { continue }
            writes.issues.attachedLabels.append(attachment(found.id, to: subject))
            changes.append(.labelAdded(found.name))
        }
    }

    /// Notes which of Plane's labels stands for GitHub's, unless that is known already.
    private mutating func noteMapping(_ label: DesiredLabel, to id: UUID, for follower: Follower) {
        guard let github = label.github else { return }
        let key = PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: github.id)
        if world.labels.versions[key]?.labelID != id { writes.labels.mappings[key] = id }
    }
}

extension World {
    /// The project's label that stands for a desired one.
    ///
    /// This is the label that stood for it before, or the one made for GitHub's id, or the one of the same name, in the
    /// same case if possible.
    func label(_ desired: DesiredLabel, for follower: Follower) -> ProjectLabels.Label? {
        guard let known = labels.projects[follower.projectID] else { return nil }
        guard let github = desired.github else { return known.named(desired.name) }
        let version = labels.versions[PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: github.id)]
        return version?.labelID.flatMap { known.byID[$0] } ?? known.byGitHubID[github.id]
            ?? known.named(desired.name)
    }

    /// Whether GitHub said that the label was deleted; a snapshot that still shows it is late.
    func isGone(_ desired: DesiredLabel, for follower: Follower) -> Bool {
        labels.versions[PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: desired.key)]?.isGone == true
    }
}

extension NewLabel {
    /// Makes the label as GitHub's `label` events last showed it, if one came before the issue that needs the label.
    ///
    /// The name from these events is not used if another label has it by now.
    fileprivate init(_ label: DesiredLabel, for follower: Follower, in world: World) {
        let shown = label.github.flatMap { github in
            world.labels.versions[PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: github.id)]
        }
        let known = world.labels.projects[follower.projectID]
        place = follower.place
        bot = follower.botID
        repositorySyncID = follower.repositorySyncID
        wantedName = label.name
        name = shown?.name.flatMap { $0.isEmpty || known?.named($0) != nil ? nil : $0 } ?? label.name
        description = shown?.description ?? label.github?.description ?? ""
        color = shown?.color ?? label.github?.planeColor ?? GitHubLabel.defaultColor
        githubID = label.github?.id
    }

    fileprivate func comesBefore(_ other: NewLabel) -> Bool {
        guard let id = githubID else { return other.githubID == nil }
        return other.githubID.map { id <= $0 } ?? true
    }
}

extension GitHubLabel {
    static let defaultColor = "#ededed"

    /// GitHub gives six hex digits; anything else becomes GitHub's default grey.
    var planeColor: String {
        guard let color, color.utf8.count == 6, color.utf8.allSatisfy(\.isHexDigit) else { return Self.defaultColor }
        return "#\(color.lowercased())"
    }
}

extension NewestSnapshots {
    /// Whether the snapshot of the issue will be applied rather than skipped.
    func applies(_ snapshot: IssueSnapshot, to record: IssueRecord) -> Bool {
        guard !record.hasTombstone, !snapshot.isGone, record.plane?.isDeleted != true,
            let latest = self[IssueSnapshot.self][snapshot.key]
        else { return false }
        return latest.isNewer && latest.snapshot === snapshot
    }
}
