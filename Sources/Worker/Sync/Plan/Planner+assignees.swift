import Foundation
import GitHub

extension Planner {
    /// Mirrors whom GitHub assigned and unassigned since the snapshot last applied, as far as they may be assigned in
    /// the project; whom Plane users assigned stays.
    /// - Returns: GitHub user id → Plane user id, as of this snapshot.
    mutating func planAssignees(
        of observation: Observation,
        for follower: Follower,
        record: IssueRecord,
        notes: inout [String]
    ) -> [Int64: UUID] {
        let wanted = observation.issue.assignees.reduce(into: [Int64: UUID]()) { wanted, user in
            guard let person = world.people.member(user, of: follower.projectID), person.isAssignable else { return }
            wanted[user.id] = person.userID
        }
        let before = record.applied?.assignees ?? [:]
        let context = context(record.id, follower, actor(observation.origin.sender, in: follower))

        let added = Set(wanted.filter { before[$0.key] != $0.value }.values).subtracting(record.assignees.keys)
        for user in added.sorted() {
            changes.assigned.append(attachment(user, record, follower))
            let name = world.people.names[user] ?? ""
            changes.activities.append(context.assigned(user, name))
            notes.append("assigned to \(name)")
        }
        let removed = Set(before.values).subtracting(wanted.values)
        for user in removed.sorted() where record.assignees[user] == .some(follower.botID) {
            changes.unassigned.append(attachment(user, record, follower))
            let name = world.people.names[user] ?? ""
            changes.activities.append(context.unassigned(user, name))
            notes.append("unassigned from \(name)")
        }
        return wanted
    }

    /// The assignees nobody in the project answers to, named so that an operator can link them.
    func unmappedAssignees(of observation: Observation, in follower: Follower) -> [String] {
        observation.issue.assignees
            .filter { world.people.member($0, of: follower.projectID)?.isAssignable != true }
            .map { "assignee \($0.login) is no member who can be assigned" }
    }
}
