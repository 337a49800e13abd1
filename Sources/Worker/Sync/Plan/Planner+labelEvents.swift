import Foundation
import GitHub
import Queue

extension Planner {
    /// Decides what a `label` event changes: the label we made follows GitHub's; one of Plane's own, or one that stands
    /// for other labels too, keeps its ways.
    mutating func planLabel(_ seen: LabelObservation, for follower: Follower, key: PlaneKey) -> Note? {
        func note(_ outcome: Conclusion, _ changes: [String]) -> Note {
            Note(winner: seen.origin.eventID, outcome: outcome, changes: changes)
        }
        let version = world.labelVersions[key]
        guard version?.isGone != true else { return note(.superseded, ["skipped: the label is gone from GitHub"]) }
        if !seen.isGone, let last = version?.eventID, seen.origin.eventID <= last {
            return note(.superseded, ["skipped: older than what we have"])
        }
        let label = seen.label
        changes.labelVersions.append(
            LabelEventVersion(
                key: key,
                eventID: seen.origin.eventID,
                name: label.planeName,
                color: label.planeColor,
                description: label.description ?? "",
                isGone: seen.isGone
            )
        )
        let deletions = seen.isGone ? takeOff(label, key: key, for: follower) : []
        guard let target = world.labelTargets[key] else {
            return note(.applied, deletions.isEmpty ? ["noted for issues to come"] : deletions)
        }
        guard !seen.isGone else { return note(.applied, deletions + deletion(of: target, key: key, for: follower)) }
        guard target.isOurs else { return note(.applied, ["label \(target.name) was there before and stays as it is"]) }
        return note(.applied, edit(of: target, to: label, from: version, follower))
    }

    /// The label that stands for GitHub's because settings say so stays in Plane.
    private mutating func takeOff(_ label: GitHubLabel, key: PlaneKey, for follower: Follower) -> [String] {
        guard let name = follower.settings.label(for: label.name),
            let mapped = world.labels[follower.projectID]?.named(name)
        else { return [] }
        changes.goneLabels.append(GoneLabel(key: key, labelID: mapped.id, bot: follower.botID))
        return ["label \(mapped.name) taken off the issues that had it from GitHub"]
    }

    private mutating func deletion(of target: LabelTarget, key: PlaneKey, for follower: Follower) -> [String] {
        guard target.isOurs, !target.standsForAnother, !target.isUsedInPlane else {
            changes.goneLabels.append(GoneLabel(key: key, labelID: target.id, bot: follower.botID))
            let reason = target.isOurs ? "others use it" : "it was there before"
            return ["label \(target.name) kept: \(reason)", "taken off the issues that had it from GitHub"]
        }
        changes.deletedLabels.append(LabelEdit(id: target.id, bot: follower.botID))
        return ["label \(target.name) deleted"]
    }

    /// A field is written only if GitHub changed it since: what a Plane user chose survives.
    private mutating func edit(
        of target: LabelTarget,
        to label: GitHubLabel,
        from version: LabelVersion?,
        _ follower: Follower
    ) -> [String] {
        var edit = LabelEdit(id: target.id, bot: follower.botID)
        var notes: [String] = []
        let name = label.planeName
        if name != version?.name, name != target.name, !name.isEmpty {
            if let other = world.labels[follower.projectID]?.other(than: target.id, named: name) {
                notes.append("label \(target.name) not renamed: the project has another \(other.name)")
            } else if target.standsForAnother {
                notes.append("label \(target.name) not renamed: it stands for another repository's label too")
            } else {
                edit.name = name
                notes.append("label \(target.name) → \(name)")
            }
        }
        let color = label.planeColor
        if color != version?.color, color != target.color {
            edit.color = color
            notes.append("label \(target.name): colour \(target.color) → \(color)")
        }
        let description = label.description ?? ""
        if description != version?.description, description != target.description {
            edit.description = description
            notes.append("label \(target.name): description changed")
        }
        if edit != LabelEdit(id: target.id, bot: follower.botID) { changes.labelEdits.append(edit) }
        return notes
    }

    /// Decides what a `repository` event changes: name and owner follow.
    mutating func planRepository(_ seen: RepositoryObservation, for follower: Follower) -> Note {
        if let stored = world.repositoryVersions[follower.repositorySyncID], seen.version <= stored {
            return Note(
                winner: seen.origin.eventID,
                outcome: .superseded,
                changes: ["skipped: older than what we have"]
            )
        }
        let repository = seen.origin.repository
        let name = repository.fullName
        changes.repositoryNames.append(
            RepositoryName(
                repositorySyncID: follower.repositorySyncID,
                version: seen.version,
                fullName: name,
                url: repository.url
            )
        )
        return Note(winner: seen.origin.eventID, outcome: .applied, changes: ["the repository is \(name)"])
    }
}
