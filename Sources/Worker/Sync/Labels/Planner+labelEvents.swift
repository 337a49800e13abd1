import Foundation
import GitHub
import Queue

extension LabelSnapshot {
    func plan(isNewer: Bool, in follower: Follower, _ planner: inout Planner) -> Planner.Note? {
        planner.plan(self, for: follower)
    }
}

extension Planner {
    /// Decides what a `label` event changes.
    ///
    /// A label that we made follows GitHub's, but it keeps its name and is not deleted if it stands for other labels
    /// too. A label of Plane's own stays as it is.
    fileprivate mutating func plan(_ snapshot: LabelSnapshot, for follower: Follower) -> Note? {
        let key = snapshot.key(in: follower)
        let version = world.labels.versions[key]
        guard version?.isGone != true else { return Note(snapshot.origin, .superseded, .skipped(.labelGone)) }
        if !snapshot.isGone, let last = version?.eventID, snapshot.origin.eventID <= last {
            return Note(snapshot.origin, .superseded, .skipped(.older))
        }
        let label = snapshot.label
        writes.labels.versions.append(
            LabelEventVersion(
                key: key,
                eventID: snapshot.origin.eventID,
                name: label.planeName,
                color: label.planeColor,
                description: label.description ?? "",
                isGone: snapshot.isGone
            )
        )
        let deletions = snapshot.isGone ? takeOff(label, key: key, for: follower) : []
        guard let target = world.labels.targets[key] else {
            return Note(snapshot.origin, .applied, deletions.isEmpty ? [.labelNoted] : deletions)
        }
        guard !snapshot.isGone else {
            return Note(snapshot.origin, .applied, deletions + deletion(of: target, key: key, for: follower))
        }
        guard target.isOurs else { return Note(snapshot.origin, .applied, .labelKept(target.name, .editedButNotOurs)) }
        return Note(snapshot.origin, .applied, edit(of: target, to: label, from: version, follower))
    }

    /// Takes a GitHub label off its issues if settings map it to a label of Plane's, which itself stays.
    private mutating func takeOff(_ label: GitHubLabel, key: PlaneKey, for follower: Follower) -> [Change] {
        guard let name = follower.settings.label(for: label.name),
            let mapped = world.labels.projects[follower.projectID]?.named(name)
        else { return [] }
        writes.labels.gone.append(GoneLabel(key: key, labelID: mapped.id, bot: follower.botID))
        return [.labelTakenOff(mapped.name)]
    }

    private mutating func deletion(of target: LabelTarget, key: PlaneKey, for follower: Follower) -> [Change] {
        guard target.isOurs, !target.standsForAnother, !target.isUsedInPlane else {
            writes.labels.gone.append(GoneLabel(key: key, labelID: target.id, bot: follower.botID))
            return [.labelKept(target.name, target.isOurs ? .usedByOthers : .deletedButNotOurs), .labelTakenOff(nil)]
        }
        writes.labels.deleted.append(LabelEdit(id: target.id, bot: follower.botID))
        return [.labelDeleted(target.name)]
    }

    /// Writes a field only if GitHub changed it since the last event, so that a Plane user's choice survives.
    private mutating func edit(
        of target: LabelTarget,
        to label: GitHubLabel,
        from version: LabelVersion?,
        _ follower: Follower
    ) -> [Change] {
        var edit = LabelEdit(id: target.id, bot: follower.botID)
        var changes: [Change] = []
        let name = label.planeName
        if name != version?.name, name != target.name, !name.isEmpty {
            if let other = world.labels.projects[follower.projectID]?.other(than: target.id, named: name) {
                changes.append(.labelNameTaken(target.name, by: other.name))
            } else if target.standsForAnother {
                changes.append(.labelNameShared(target.name))
            } else {
                edit.name = name
                changes.append(.labelRenamed(from: target.name, to: name))
            }
        }
        let color = label.planeColor
        if color != version?.color, color != target.color {
            edit.color = color
            changes.append(.labelRecoloured(target.name, from: target.color, to: color))
        }
        let description = label.description ?? ""
        if description != version?.description, description != target.description {
            edit.description = description
            changes.append(.labelDescribed(target.name))
        }
        if edit != LabelEdit(id: target.id, bot: follower.botID) { writes.labels.edited.append(edit) }
        return changes
    }
}
