import Foundation
import Shared

/// A label that GitHub has and a project lacks.
struct NewLabel: Sendable, Equatable {
    let place: Place
    let bot: UUID
    let name: String
    let description: String
    /// `#rrggbb`.
    let color: String
    let githubID: Int64
}

extension Planner {
    /// The labels that must exist before a batch can be planned; of two with one name the smaller GitHub id is made.
    static func missingLabels(_ batch: SyncBatch, in world: World) -> [NewLabel] {
        var missing: [Place: [Bytes: NewLabel]] = [:]
        for follower in world.followers {
            for observation in batch.issues.values where observation.repository.id == follower.repositoryID {
                let key = PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: observation.issue.id)
                guard let record = world.issues[key], observation.isNews(for: record) else { continue }
                for label in observation.issue.labels where !label.planeName.isEmpty {
                    guard world.labels[follower.projectID]?.label(for: label) == nil else { continue }
                    let name = label.planeNameBytes
                    if let other = missing[follower.place]?[name], other.githubID <= label.id { continue }
                    missing[follower.place, default: [:]][name] = NewLabel(label, for: follower)
                }
            }
        }
        // In one order everywhere: two workers that make the same labels then wait for each other instead of
        // deadlocking on the unique index.
        return missing.values.flatMap(\.values).sorted {
            ($0.place.projectID.text, $0.name, $0.githubID) < ($1.place.projectID.text, $1.name, $1.githubID)
        }
    }

    /// Mirrors what GitHub attached and detached since the snapshot last applied.
    ///
    /// Labels that Plane users attached or took away themselves stay as they left them: only GitHub's changes are
    /// carried over, and only what the bot attached is detached.
    /// - Returns: GitHub label id → Plane label id, as of this snapshot.
    mutating func planLabels(
        of observation: Observation,
        for follower: Follower,
        record: IssueRecord,
        notes: inout [String]
    ) -> [Int64: UUID] {
        let known = world.labels[follower.projectID] ?? ProjectLabels()
        let wanted = observation.issue.labels.reduce(into: [Int64: UUID]()) { wanted, label in
            wanted[label.id] = known.label(for: label)?.id
        }
        let before = record.applied?.labels ?? [:]
        let context = context(record.id, follower, actor(observation.sender, in: follower))
        let isNew = record.plane == nil

        let added = Set(wanted.filter { before[$0.key] == nil }.values).subtracting(record.labels.keys)
        for label in added.sorted(by: { $0.text < $1.text }) {
            changes.attachedLabels.append(attachment(label, record, follower))
            let name = known.names[label] ?? ""
            if !isNew { changes.activities.append(context.labelAdded(label, name)) }
            notes.append("label \(name) added")
        }
        let removed = Set(before.filter { wanted[$0.key] == nil }.values).subtracting(wanted.values)
        for label in removed.sorted(by: { $0.text < $1.text }) where record.labels[label] == .some(follower.botID) {
            changes.detachedLabels.append(attachment(label, record, follower))
            let name = known.names[label] ?? ""
            changes.activities.append(context.labelRemoved(label, name))
            notes.append("label \(name) removed")
        }
        return wanted
    }

    func attachment(_ target: UUID, _ record: IssueRecord, _ follower: Follower) -> Attachment {
        Attachment(issueID: record.id, targetID: target, place: follower.place, bot: follower.botID)
    }
}

extension NewLabel {
    fileprivate init(_ label: GitHubLabel, for follower: Follower) {
        place = follower.place
        bot = follower.botID
        name = label.planeName
        description = label.description ?? ""
        color = Self.hexColor(label.color)
        githubID = label.id
    }

    /// GitHub gives six hex digits; anything else becomes its default grey.
    private static func hexColor(_ color: String?) -> String {
        guard let color, color.utf8.count == 6, color.utf8.allSatisfy(\.isHexDigit) else { return "#ededed" }
        return "#\(color.lowercased())"
    }
}

extension Observation {
    /// Whether the snapshot of the issue will be applied rather than skipped.
    func isNews(for record: IssueRecord) -> Bool {
        guard !record.hasTombstone, !issueIsGone, record.plane?.isDeleted != true else { return false }
        return record.applied.map { $0.version < issueVersion } ?? true
    }
}
