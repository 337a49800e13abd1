import Base
import Foundation
import GitHub
import Queue

extension Planner {
    /// The outcome of each claimed event of the batch.
    ///
    /// `numbers` are Plane's numbers of the issues that were just created.
    func outcomes(numbers: [UUID: Int]) -> [(event: UUID, outcome: Outcome)] {
        batch.claimed.map { origin in
            let failure = failure(of: origin).map { Outcome.failed(reason: $0) }
            return (origin.eventID, failure ?? delay(of: origin) ?? result(of: origin, numbers: numbers).completed)
        }
    }

    /// A tenth of the delivery's age, from one second to one minute, for an hour.
    private func delay(of origin: Origin) -> Outcome? {
        early[origin.eventID].map { reason in
            guard origin.age < .seconds(3600) else { return .failed(reason: reason) }
            return .delayed(by: min(.seconds(60), max(.seconds(1), origin.age / 10)), reason: reason)
        }
    }

    /// Why an event fails, whatever the other projects made of it: the rules of one project could not be applied.
    private func failure(of origin: Origin) -> String? {
        world.followers.lazy.filter { $0.repositoryID == origin.repository.id }
            .compactMap { world.ruleProblem(of: origin, by: $0) }.first
    }

    private func result(of origin: Origin, numbers: [UUID: Int]) -> EventResult {
        let followers = world.followers.filter { $0.repositoryID == origin.repository.id }
        guard !followers.isEmpty else {
            return .ignored(world.absences[origin.repository.id] ?? "the repository is not connected to any project")
        }
        let delivery = batch.deliveries[origin.eventID]
        let snapshots = delivery?.snapshots ?? []
        let issue = delivery?.snapshot(IssueSnapshot.self)
        var outcomes: Set<Conclusion> = []
        let projects = followers.map { follower -> EventResult.Project in
            if let refusal = world.refusal(of: origin, by: follower) {
                outcomes.insert(.ignored)
                return EventResult.Project(project: follower.identifier, changes: [.refused(refusal)])
            }
            let own = snapshots.compactMap { notes[$0.object(in: follower)] }
                .filter { $0.winner == origin.eventID }
            outcomes.formUnion(own.map(\.outcome))
            let done = own.isEmpty ? [.skipped(.newerAtHand)] : own.flatMap(\.changes)
            return EventResult.Project(
                project: follower.identifier,
                issue: issueName(of: issue, for: follower, numbers: numbers),
                changes: done.isEmpty ? [.nothing] : done
            )
        }
        var result = EventResult(outcome: .strongest(of: outcomes), projects: projects)
        result.unmapped = unmapped(in: origin, snapshots, for: followers)
        result.kept = issue.flatMap(kept)
        return result
    }

    private func issueName(of snapshot: IssueSnapshot?, for follower: Follower, numbers: [UUID: Int]) -> String? {
        guard let snapshot else { return nil }
        let record = world.issues[snapshot.key(in: follower)]
        let number = record?.plane?.number ?? record.flatMap { numbers[$0.id] }
        return number.map { "\(follower.identifier)-\($0)" }
    }

    /// The people of a delivery who are Plane users in none of the projects; `plane-worker users list` counts them.
    private func unmapped(
        in origin: Origin,
        _ snapshots: [any Snapshot],
        for followers: [Follower]
    ) -> [EventResult.Person]? {
        let people = [origin.sender].compactMap(\.self) + snapshots.flatMap(\.people)
        let unknown = people.filter { user in
            followers.allSatisfy { world.people.member(user, of: $0.projectID) == nil }
        }
        let byID = Dictionary(unknown.map { ($0.id, $0) }) { first, _ in first }
        let sorted = byID.values.sorted { $0.id < $1.id }
        return sorted.isEmpty ? nil : sorted.map { EventResult.Person(id: $0.id, login: $0.login) }
    }

    /// The properties in the delivery that Plane has no field for.
    private func kept(of snapshot: IssueSnapshot) -> EventResult.Kept? {
        let kept = EventResult.Kept(
            milestone: snapshot.issue.milestone,
            type: snapshot.issue.type,
            locked: snapshot.issue.isLocked ? true : nil,
            pinned: snapshot.origin.event == .issues && snapshot.origin.action == "pinned" ? true : nil
        )
        return kept.isEmpty ? nil : kept
    }
}

extension Conclusion {
    /// An event that changed one project and was late for another counts as applied.
    fileprivate static func strongest(of outcomes: Set<Self>) -> Self {
        outcomes.contains(.applied) ? .applied : outcomes.contains(.ignored) ? .ignored : .superseded
    }
}
