import Base
import Foundation
import GitHub
import Queue

extension Planner {
    /// The result of one event of the batch.
    ///
    /// `numbers` are Plane's numbers of the issues made just now; `absences` says why nobody follows a repository.
    func result(of origin: Origin, numbers: [UUID: Int], absences: [Int64: String]) -> EventResult {
        let followers = world.followers.filter { $0.repositoryID == origin.repository.id }
        guard !followers.isEmpty else {
            return .ignored(absences[origin.repository.id] ?? "the repository is not connected to any project")
        }
        var outcomes: Set<Conclusion> = []
        let projects = followers.map { follower -> EventResult.Project in
            if let refusal = world.refusal(of: origin, by: follower) {
                outcomes.insert(.ignored)
                return EventResult.Project(project: follower.identifier, changes: [refusal])
            }
            let own = relevantNotes(of: origin, for: follower).filter { $0.winner == origin.eventID }
            outcomes.formUnion(own.map(\.outcome))
            let issue = issueName(of: origin, for: follower, numbers: numbers)
            let done = own.flatMap(\.changes).map { Self.named($0, issue) }
            return EventResult.Project(
                project: follower.identifier,
                issue: issue,
                changes: own.isEmpty
                    ? ["skipped: a newer delivery was at hand"] : done.isEmpty ? ["nothing to change"] : done
            )
        }
        var result = EventResult(outcome: .strongest(of: outcomes), projects: projects)
        result.unmapped = unmapped(in: origin, for: followers)
        result.kept = kept(from: origin)
        return result
    }

    /// `created in Backlog` → `created GH-12 in Backlog`: the number was not known when the note was made.
    private static func named(_ change: String, _ issue: String?) -> String {
        guard let issue, change.hasPrefix(created) else { return change }
        return "created \(issue) in \(change.dropFirst(created.count))"
    }

    static let created = "created in "

    private func relevantNotes(of origin: Origin, for follower: Follower) -> [Note] {
        func key(_ id: Int64) -> PlaneKey { PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: id) }
        switch sighting(origin) {
        case .issue(let seen):
            return [notes[key(seen.issue.id)], seen.comment.flatMap { commentNotes[key($0.comment.id)] }]
                .compactMap(\.self)
        case .pull(let seen): return [pullNotes[key(seen.pull.id)]].compactMap(\.self)
        case .label(let seen): return [labelNotes[key(seen.label.id)]].compactMap(\.self)
        case .repository: return [repositoryNotes[follower.repositorySyncID]].compactMap(\.self)
        case nil: return []
        }
    }

    private func issueName(of origin: Origin, for follower: Follower, numbers: [UUID: Int]) -> String? {
        guard case .issue(let seen) = sighting(origin) else { return nil }
        let record = world.issues[PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: seen.issue.id)]
        let number = record?.plane?.number ?? record.flatMap { numbers[$0.id] }
        return number.map { "\(follower.identifier)-\($0)" }
    }

    /// Why an event has to be called failed, whatever other projects made of it: a project's rules could not be applied.
    func failure(of origin: Origin) -> String? {
        world.followers.lazy.filter { $0.repositoryID == origin.repository.id }
            .compactMap { world.ruleProblem(of: origin, by: $0) }.first
    }

    /// People of the delivery who are no Plane user in any of the projects; `plane-worker users list` counts them.
    private func unmapped(in origin: Origin, for followers: [Follower]) -> [EventResult.Person]? {
        var people = [origin.sender]
        if case .issue(let seen) = sighting(origin) {
            people += [seen.issue.author, seen.comment?.comment.author] + seen.issue.assignees
        }
        let unknown = people.compactMap(\.self).filter { user in
            followers.allSatisfy { world.people.member(user, of: $0.projectID) == nil }
        }
        let byID = Dictionary(unknown.map { ($0.id, $0) }) { first, _ in first }
        let sorted = byID.values.sorted { $0.id < $1.id }
        return sorted.isEmpty ? nil : sorted.map { EventResult.Person(id: $0.id, login: $0.login) }
    }

    /// What Plane has no place for and the delivery shows.
    private func kept(from origin: Origin) -> EventResult.Kept? {
        guard case .issue(let seen) = sighting(origin) else { return nil }
        let kept = EventResult.Kept(
            milestone: seen.issue.milestone,
            type: seen.issue.type,
            locked: seen.issue.isLocked ? true : nil,
            pinned: origin.event == .issues && origin.action == "pinned" ? true : nil
        )
        return kept.isEmpty ? nil : kept
    }

    private func sighting(_ origin: Origin) -> Sighting? { sightings[origin.eventID] }
}

extension Conclusion {
    /// An event that changed one project and was late for another was applied.
    fileprivate static func strongest(of outcomes: Set<Self>) -> Self {
        outcomes.contains(.applied) ? .applied : outcomes.contains(.ignored) ? .ignored : .superseded
    }
}
