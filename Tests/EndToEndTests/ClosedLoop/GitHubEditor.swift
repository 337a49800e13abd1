import Foundation
import TestSupport

/// People who edit on GitHub, by chance that can be repeated.
struct GitHubEditor: Sendable {
    let repository: FakeRepository
    let story: LoopStory
    var dice: SeededGenerator
    private var count = 0

    init(_ repository: FakeRepository, _ story: LoopStory, seed: UInt64) {
        self.repository = repository
        self.story = story
        dice = SeededGenerator(seed: seed)
    }

    static let labels = ["bug", "feature", "both", "only on GitHub"]
    private static let people = [SampleUser.octocat, .stranger]

    mutating func edit(_ number: Int64) {
        count += 1
        let user = Self.people.randomElement(using: &dice) ?? .stranger
        let words = repository.update { state in edit(number, by: user, &state) }
        story.tell(number, "GitHub: \(words)")
    }

    private mutating func edit(
        _ number: Int64,
        by user: SampleUser,
        _ state: inout FakeRepository.State
    ) -> String {
        guard let issue = state.issues.first(where: { $0.number == number }) else { return "is gone" }
        let edit: FakeRepository.Edit
        switch LoopField.synced.randomElement(using: &dice) ?? .title {
        case .title:
            let title = "GitHub \(count) of \(number)"
            story.note(title, .title, of: number, on: .gitHub)
            edit = .title(title)
        case .state:
            let reason = Bool.random(using: &dice) ? "completed" : "not_planned"
            edit = issue.state == "open" ? .close(reason) : .reopen
        case .labels:
            let name = Self.labels.randomElement(using: &dice) ?? ""
            edit = issue.labels.contains { $0.name == name } ? .unlabel(name) : .label(name)
        case .body:
            let text = "Text \(count) of GitHub"
            story.note(text, .body, of: number, on: .gitHub)
            edit = .body(replaced(issue.body, by: text))
        case .assignees:
            let person = state.assignable.randomElement(using: &dice) ?? user
            edit = issue.assignees.contains(person) ? .unassign(person) : .assign(person)
        case .comments: return editComment(on: number, by: user, &state)
        case .issues:
            let opened = repository.open("GitHub opened \(count)", "Text \(count) of GitHub", by: user, &state)
            return "#\(opened.number) opened"
        }
        repository.edit(number, [edit], by: user, &state)
        return "\(edit)"
    }

    /// People leave the mark where it is.
    private func replaced(_ old: String?, by text: String) -> String {
        guard let mark = old?.firstRange(of: "\n\n<!-- plane:").map({ old?[$0.lowerBound...] ?? "" }) else {
            return text
        }
        return text + mark
    }

    private mutating func editComment(
        on number: Int64,
        by user: SampleUser,
        _ state: inout FakeRepository.State
    ) -> String {
        let comments = state.comments.filter { $0.issue == number && $0.comment.author != FakeRepository.machine }
        let comment = comments.randomElement(using: &dice)?.comment
        switch (Int.random(in: 0..<3, using: &dice), comment) {
        case (1, let comment?):
            _ = repository.edit(comment.id, body: "Comment \(count) of GitHub", by: user, &state)
            return "comment \(comment.id) edited"
        case (2, let comment?):
            _ = repository.edit(comment.id, body: nil, by: user, &state)
            return "comment \(comment.id) deleted"
        default:
            let made = repository.comment("Comment \(count) of GitHub", on: number, by: user, &state)
            return "comment \(made?.id ?? 0) made"
        }
    }
}
