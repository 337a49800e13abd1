import Foundation
import GitHub

extension Planner {
    /// Assigns and unassigns the people that GitHub assigned and unassigned since the snapshot that was last applied.
    ///
    /// Only people who may be assigned in the project count. People whom Plane users assigned stay, unless assignees go
    /// to GitHub too.
    mutating func planAssignees(
        of subject: IssueSubject,
        _ agreement: inout IssueAgreement.Elements,
        _ changes: inout [Change]
    ) {
        let (follower, record) = (subject.follower, subject.record)
        let wanted = subject.snapshot.issue.assignees.reduce(into: [Int64: UUID]()) { wanted, user in
            guard let person = world.people.member(user, of: follower.projectID), person.isAssignable else { return }
            wanted[user.id] = person.userID
        }
        let context = context(record.id, follower, actor(subject.snapshot.origin.sender, in: follower))

        let change = agreement.observe(wanted, plane: Set(record.assignees.keys))
        for user in change.added.sorted() {
            writes.issues.assigned.append(attachment(user, to: subject))
            let name = name(of: user)
            writes.activities.append(context.assigned(user, name))
            changes.append(.assigned(name))
        }
        let detachesAll = follower.settings.outbound.sends(.assignees)
        for user in change.removed.sorted()
        where detachesAll || record.assignees[user] == .some(follower.botID) {
            writes.issues.unassigned.append(attachment(user, to: subject))
            let name = name(of: user)
            writes.activities.append(context.unassigned(user, name))
            changes.append(.unassigned(name))
        }
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
