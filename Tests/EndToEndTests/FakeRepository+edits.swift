import Foundation
import TestSupport

extension FakeRepository {
    /// What somebody does to an issue, on GitHub's page or through its API.
    enum Edit: Sendable {
        case title(String)
        case body(String?)
        /// With a reason, such as `completed`.
        case close(String)
        case reopen
        /// Labels by their names; one that the repository does not have is made.
        case label(String)
        case unlabel(String)
        case assign(SampleUser)
        case unassign(SampleUser)
    }

    /// Makes changes as GitHub does: all at once, with one new `updated_at`, and a delivery for each of them.
    ///
    /// What changes nothing is not told, and neither is another reason of an issue that is closed already.
    func edit(_ number: Int64, _ edits: [Edit], by user: SampleUser, _ state: inout State) {
        guard let place = state.issues.firstIndex(where: { $0.number == number }) else { return }
        let before = state.issues[place]
        var issue = before
        let actions = edits.compactMap { apply($0, to: &issue, by: user, &state) }
        guard issue != before else { return }
        issue.updatedAt = Self.time
        state.issues[place] = issue
        state.noteChange(of: number, by: user)
        for (action, delta) in actions {
            tell("issues", issue.event(action, in: repository, by: user, with: delta), &state)
        }
    }

    /// - Returns: what GitHub tells of it.
    private func apply(
        _ edit: Edit,
        to issue: inout SampleIssue,
        by user: SampleUser,
        _ state: inout State
    ) -> (action: String, delta: SampleDelta?)? {
        let before = issue
        switch edit {
        case .title(let title):
            guard title != issue.title else { return nil }
            issue.title = title
            return ("edited", .from(title: before.title))
        case .body(let body):
            issue.body = body
            return issue == before ? nil : ("edited", .from(body: before.body ?? ""))
        case .close(let reason):
            (issue.state, issue.stateReason) = ("closed", reason)
            guard before.state == "open" else { return nil }
            issue.closedAt = Self.time
            return ("closed", nil)
        case .reopen:
            guard issue.state != "open" else { return nil }
            (issue.state, issue.stateReason, issue.closedAt) = ("open", "reopened", nil)
            return ("reopened", nil)
        case .label(let name):
            guard !issue.labels.contains(where: { $0.name == name }) else { return nil }
            let label = label(name, by: user, &state)
            issue.labels.append(label)
            return ("labeled", .label(label))
        case .unlabel(let name):
            guard let place = issue.labels.firstIndex(where: { $0.name == name }) else { return nil }
            return ("unlabeled", .label(issue.labels.remove(at: place)))
        case .assign(let assignee):
            guard !issue.assignees.contains(assignee) else { return nil }
            issue.assignees.append(assignee)
            return ("assigned", .assignee(assignee))
        case .unassign(let assignee):
            guard let place = issue.assignees.firstIndex(of: assignee) else { return nil }
            return ("unassigned", .assignee(issue.assignees.remove(at: place)))
        }
    }

    /// GitHub tells of what an issue is born with once more.
    func open(
        _ title: String,
        _ body: String?,
        _ edits: [Edit] = [],
        by user: SampleUser,
        _ state: inout State
    )
        -> SampleIssue
    {
        let number = (state.issues.map(\.number) + state.pulls.map(\.number)).max() ?? 0
        var issue = SampleIssue(number + 1, repository: repository)
        (issue.title, issue.body, issue.author) = (title, body, user)
        (issue.createdAt, issue.updatedAt) = (Self.time, Self.time)
        let actions = edits.compactMap { apply($0, to: &issue, by: user, &state) }
        state.issues.append(issue)
        state.noteChange(of: issue.number, by: user)
        for (action, delta) in [("opened", nil)] + actions {
            tell("issues", issue.event(action, in: repository, by: user, with: delta), &state)
        }
        return issue
    }

    /// Comments on an issue, whose `updated_at` changes too; nil if there is no such issue.
    func comment(_ body: String, on number: Int64, by user: SampleUser, _ state: inout State) -> SampleComment? {
        let newest = max(state.newestComment, state.comments.map(\.comment.id).max() ?? 0)
        var comment = SampleComment(newest + 1)
        (comment.body, comment.author) = (body, user)
        (comment.createdAt, comment.updatedAt) = (Self.time, Self.time)
        guard state.issues.contains(where: { $0.number == number }) else { return nil }
        state.newestComment = comment.id
        state.comments.append((number, comment))
        touch(number, "created", comment, by: user, &state)
        return comment
    }

    /// Changes the text of a comment, or deletes it with nil; false if there is no such comment.
    func edit(_ comment: Int64, body: String?, by user: SampleUser, _ state: inout State) -> Bool {
        guard let place = state.comments.firstIndex(where: { $0.comment.id == comment }) else { return false }
        let (number, before) = state.comments[place]
        guard let body else {
            state.comments.remove(at: place)
            touch(number, "deleted", before, by: user, &state)
            return true
        }
        guard body != before.body else { return true }
        state.comments[place].comment.body = body
        state.comments[place].comment.updatedAt = Self.time
        touch(number, "edited", state.comments[place].comment, by: user, with: .from(body: before.body), &state)
        return true
    }

    private func touch(
        _ number: Int64,
        _ action: String,
        _ comment: SampleComment,
        by user: SampleUser,
        with delta: SampleDelta? = nil,
        _ state: inout State
    ) {
        guard let place = state.issues.firstIndex(where: { $0.number == number }) else { return }
        state.issues[place].updatedAt = Self.time
        state.noteChange(of: number, by: user)
        let issue = state.issues[place]
        tell("issue_comment", issue.event(action, comment, in: repository, by: user, with: delta), &state)
    }

    private func label(_ name: String, by user: SampleUser, _ state: inout State) -> SampleLabel {
        state.labels.first { $0.name == name } ?? makeLabel(name, color: "ededed", by: user, &state)
    }

    func makeLabel(_ name: String, color: String, by user: SampleUser, _ state: inout State) -> SampleLabel {
        var label = SampleLabel(Int64(1_000 + state.labels.count), name)
        label.color = color
        state.labels.append(label)
        tell("label", label.event("created", in: repository, by: user), &state)
        return label
    }

    private func tell(_ name: String, _ body: [UInt8], _ state: inout State) {
        state.told.append(Event(name: name, body: body))
    }

    /// Now, to the second, as GitHub has it.
    private static var time: String { Date().formatted(.iso8601) }
}

extension FakeRepository.State {
    fileprivate mutating func noteChange(of issue: Int64, by user: SampleUser) {
        changes += 1
        if user != FakeRepository.machine { changedByPeople.insert(issue) }
    }
}
