import Foundation
import TestSupport

/// A bot's work on GitHub: one to six edits of an issue, of its comment or of a pull request in each second, every one of
/// them a real change, and its deliveries as GitHub words them.
struct FastEdits: Sendable {
    private(set) var steps: [History.Step] = []
    /// The second of each step.
    private(set) var seconds: [Int] = []
    private var issue = SampleIssue(1)
    private var comment = SampleComment(1)
    private var pull = SamplePullRequest(1)
    private var now = 0

    private static let labels = (Int64(1)...3).map { SampleLabel($0, "label \($0)") }

    /// Begins with `opened`, or with an issue, a comment and a pull request that nobody has told of yet.
    init(seconds count: Int, isSeenFromTheStart: Bool = true, using generator: inout SeededGenerator) {
        comment.body = "Comment 0"
        pull.body = "Fixes #"
        if isSeenFromTheStart {
            add("opened", .issue(issue, comment: nil))
            add("created", .issue(issue, comment: comment))
            add("opened", .pull(pull))
        } else {
            for _ in 0..<6 { edit(&generator) }
            (steps, seconds) = ([], [])
            now = 10
        }
        for second in 0..<count {
            if second > 0 { now += Int.random(in: 1...2, using: &generator) }
            for _ in 0..<Int.random(in: 1...6, using: &generator) { edit(&generator) }
        }
    }

    private mutating func edit(_ generator: inout SeededGenerator) {
        switch Int.random(in: 0...13, using: &generator) {
        case 0...2: toggleLabel(&generator)
        case 3: toggleAssignee(&generator)
        case 4, 5: toggleState(&generator)
        case 6, 7: editText(&generator)
        case 8: changeMilestone(&generator)
        case 9: toggleLock()
        case 10, 11: editComment(&generator)
        default: editPull(&generator)
        }
    }

    private mutating func add(_ action: String, _ subject: History.Step.Subject, _ delta: SampleDelta? = nil) {
        steps.append(History.Step(action: action, subject: subject, sender: .stranger, delta: delta))
        seconds.append(now)
    }

    private mutating func addIssue(_ action: String, _ delta: SampleDelta? = nil) {
        issue.updatedAt = SampleIssue.time(now)
        add(action, .issue(issue, comment: nil), delta)
    }

    private mutating func toggleLabel(_ generator: inout SeededGenerator) {
        guard let label = Self.labels.randomElement(using: &generator) else { return }
        if let index = issue.labels.firstIndex(of: label) {
            issue.labels.remove(at: index)
            addIssue("unlabeled", .label(label))
        } else {
            issue.labels.append(label)
            addIssue("labeled", .label(label))
        }
    }

    private mutating func toggleAssignee(_ generator: inout SeededGenerator) {
        let user: SampleUser = Bool.random(using: &generator) ? .octocat : .stranger
        if let index = issue.assignees.firstIndex(of: user) {
            issue.assignees.remove(at: index)
            addIssue("unassigned", .assignee(user))
        } else {
            issue.assignees.append(user)
            addIssue("assigned", .assignee(user))
        }
    }

    private mutating func toggleState(_ generator: inout SeededGenerator) {
        if issue.state == "open" {
            issue.state = "closed"
            issue.stateReason = ["completed", "not_planned"].randomElement(using: &generator)
            issue.closedAt = SampleIssue.time(now)
            addIssue("closed")
        } else {
            (issue.state, issue.stateReason, issue.closedAt) = ("open", "reopened", nil)
            addIssue("reopened")
        }
    }

    /// There are few texts, so that an edit often goes back to an earlier one.
    private mutating func editText(_ generator: inout SeededGenerator) {
        let (title, body) = (issue.title, issue.body ?? "")
        let what = Int.random(in: 0...4, using: &generator)
        if what != 1 { issue.title = Self.another(than: title, "Title", &generator) }
        if what != 0 && what != 2 { issue.body = Self.another(than: body, "Body", &generator) }
        addIssue(
            "edited",
            .from(title: issue.title == title ? nil : title, body: (issue.body ?? "") == body ? nil : body)
        )
    }

    private static func another(than text: String, _ word: String, _ generator: inout SeededGenerator) -> String {
        let others = (0...2).map { "\(word) \($0)" }.filter { $0 != text }
        return others.randomElement(using: &generator) ?? text
    }

    private mutating func changeMilestone(_ generator: inout SeededGenerator) {
        if let milestone = issue.milestone {
            issue.milestone = nil
            addIssue("demilestoned", .milestone(milestone))
        } else {
            let milestone = ["v1", "v2"].randomElement(using: &generator) ?? "v1"
            issue.milestone = milestone
            addIssue("milestoned", .milestone(milestone))
        }
    }

    private mutating func toggleLock() {
        issue.isLocked.toggle()
        addIssue(issue.isLocked ? "locked" : "unlocked")
    }

    private mutating func editComment(_ generator: inout SeededGenerator) {
        let before = comment.body
        comment.body = Self.another(than: before, "Comment", &generator)
        comment.updatedAt = SampleIssue.time(now)
        issue.updatedAt = comment.updatedAt
        add("edited", .issue(issue, comment: comment), .from(body: before))
    }

    private mutating func editPull(_ generator: inout SeededGenerator) {
        pull.updatedAt = SampleIssue.time(now)
        let before = pull.title
        switch (pull.state, Int.random(in: 0...2, using: &generator)) {
        case (_, 0):
            pull.title = Self.another(than: before, "Change", &generator)
            return add("edited", .pull(pull), .from(title: before))
        case (.open, 1):
            pull.state = .draft
            add("converted_to_draft", .pull(pull))
        case (.draft, 1):
            pull.state = .open
            add("ready_for_review", .pull(pull))
        case (.open, _), (.draft, _):
            pull.state = .closed
            add("closed", .pull(pull))
        default:
            pull.state = .open
            add("reopened", .pull(pull))
        }
    }
}
