import Foundation
import GitHub

extension Planner {
    /// Assigns and unassigns the people that GitHub assigned and unassigned since the snapshot that was last applied.
    ///
    /// Only people who may be assigned in the project count. People whom Plane users assigned stay.
    /// - Returns: Plane's user ids by GitHub's, as of this snapshot.
    mutating func planAssignees(of subject: IssueSubject, _ changes: inout [Change]) -> [Int64: UUID] {
        let (follower, record) = (subject.follower, subject.record)
        let wanted = subject.snapshot.issue.assignees.reduce(into: [Int64: UUID]()) { wanted, user in
            guard let person = world.people.member(user, of: follower.projectID), person.isAssignable else { return }
            wanted[user.id] = person.userID
        }
        let before = record.applied?.assignees ?? [:]
        let context = context(record.id, follower, actor(subject.snapshot.origin.sender, in: follower))

        let added = Set(wanted.filter { before[$0.key] != $0.value }.values).subtracting(record.assignees.keys)
        for user in added.sorted() {
            writes.issues.assigned.append(attachment(user, to: subject))
            let name = name(of: user)
            writes.activities.append(context.assigned(user, name))
            changes.append(.assigned(name))
        }
        let removed = Set(before.values).subtracting(wanted.values)
        for user in removed.sorted() where record.assignees[user] == .some(follower.botID) {
            writes.issues.unassigned.append(attachment(user, to: subject))
            let name = name(of: user)
            writes.activities.append(context.unassigned(user, name))
            changes.append(.unassigned(name))
        }
        return wanted
    }

    private func name(of user: UUID) -> String {
        world.people.names[user] ?? world[IssueSnapshot.self].assigneeNames[user] ?? ""
    }

    /// Names the assignees whom no assignable member of the project stands for.
    func unmappedAssignees(of subject: IssueSubject) -> [Change] {
        subject.snapshot.issue.assignees
            .filter { world.people.member($0, of: subject.follower.projectID)?.isAssignable != true }
            .map { .assigneeUnmapped($0.login) }
    }

    func attachment(_ target: UUID, to subject: IssueSubject) -> Attachment {
        Attachment(
            issueID: subject.record.id,
            targetID: target,
            place: subject.follower.place,
            bot: subject.follower.botID
        )
    }
}
