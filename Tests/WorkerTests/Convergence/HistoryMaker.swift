import Database
import Foundation
import TestSupport

extension History {
    /// A random life of an issue.
    ///
    /// `sharingSeconds`: several steps may have one time, as GitHub's do.
    init(sharingSeconds: Bool = false, using generator: inout SeededGenerator) {
        let connection = Connection.allCases.randomElement(using: &generator) ?? .plain
        var maker = HistoryMaker()
        maker.make(pauses: sharingSeconds ? 0...2 : 1...2, using: &generator)
        self.init(connection: connection, steps: maker.steps)
    }
}

/// GitHub, as far as one issue goes.
private struct HistoryMaker {
    private(set) var steps: [History.Step] = []
    private var issue = SampleIssue(1)
    private var comments: [Int64: SampleComment] = [:]
    private var pulls: [Int64: SamplePullRequest] = [:]
    /// The repository's labels, those that are not deleted.
    private var labels = (Int64(1)...4).map { SampleLabel($0, "label \($0)") }
    private var now = 0
    private var isGone = false

    mutating func make(pauses: ClosedRange<Int>, using generator: inout SeededGenerator) {
        add("opened", &generator)
        for number in 0..<Int.random(in: 1...10, using: &generator) where !isGone {
            now += Int.random(in: pauses, using: &generator)
            switch Int.random(in: 0...19, using: &generator) {
            case 0...4: edit(number, &generator)
            case 5, 6: toggleLabel(&generator)
            case 7: toggleAssignee(&generator)
            case 8...11: changeComments(number, &generator)
            case 12, 13: changeLabels(number, &generator)
            case 14...18: changePulls(number, &generator)
            default:
                // Rare, or most histories would end early.
                guard Int.random(in: 0...1, using: &generator) == 0 else { continue }
                isGone = true
                add(Bool.random(using: &generator) ? "deleted" : "transferred", &generator)
            }
        }
    }

    private mutating func add(_ action: String, _ generator: inout SeededGenerator, comment: SampleComment? = nil) {
        issue.updatedAt = SampleIssue.time(now)
        record(action, .issue(issue, comment: comment), &generator)
    }

    private mutating func record(
        _ action: String,
        _ subject: History.Step.Subject,
        _ generator: inout SeededGenerator
    ) {
        // Without its `label` events a repository's labels keep the names they were first seen with.
        let isLabel = if case .label = subject { true } else { false }
        let isNoise = !isLabel && Int.random(in: 0...7, using: &generator) == 0
        let sender = isNoise ? SampleUser(id: 9_000_002, login: "noisy-bot") : SampleUser.stranger
        steps.append(History.Step(action: action, subject: subject, sender: sender))
    }

    private mutating func edit(_ number: Int, _ generator: inout SeededGenerator) {
        switch Int.random(in: 0...4, using: &generator) {
        case 0:
            issue.title = "Title \(number)"
            add("edited", &generator)
        case 1:
            issue.body = Bool.random(using: &generator) ? "Body \(number)" : nil
            add("edited", &generator)
        case 2, 3:
            issue.state = "closed"
            issue.stateReason = ["completed", "not_planned", "duplicate", nil].randomElement(using: &generator) ?? nil
            issue.closedAt = SampleIssue.time(now)
            add("closed", &generator)
        default:
            issue.state = "open"
            issue.stateReason = "reopened"
            issue.closedAt = nil
            add("reopened", &generator)
        }
    }

    private mutating func toggleLabel(_ generator: inout SeededGenerator) {
        guard let label = labels.randomElement(using: &generator) else { return }
        if let index = issue.labels.firstIndex(where: { $0.id == label.id }) {
            issue.labels.remove(at: index)
            add("unlabeled", &generator)
        } else {
            issue.labels.append(label)
            add("labeled", &generator)
        }
    }

    private mutating func toggleAssignee(_ generator: inout SeededGenerator) {
        let user: SampleUser = Bool.random(using: &generator) ? .octocat : .stranger
        if let index = issue.assignees.firstIndex(of: user) {
            issue.assignees.remove(at: index)
            add("unassigned", &generator)
        } else {
            issue.assignees.append(user)
            add("assigned", &generator)
        }
    }

    private mutating func changeComments(_ number: Int, _ generator: inout SeededGenerator) {
        let known = comments.values.sorted { $0.id < $1.id }.randomElement(using: &generator)
        switch Int.random(in: 0...3, using: &generator) {
        case 0, 1:
            var comment = SampleComment(Int64(number + 1))
            comment.body = "Comment \(number)"
            comment.author = Bool.random(using: &generator) ? .octocat : .stranger
            comment.createdAt = SampleIssue.time(now)
            comment.updatedAt = comment.createdAt
            comments[comment.id] = comment
            add("created", &generator, comment: comment)
        case 2:
            guard var comment = known else { return }
            comment.body = "Edited \(number)"
            comment.updatedAt = SampleIssue.time(now)
            comments[comment.id] = comment
            add("edited", &generator, comment: comment)
        default:
            guard let comment = known else { return }
            comments[comment.id] = nil
            add("deleted", &generator, comment: comment)
        }
    }

    /// A label that is renamed changes on the issue too, which GitHub says nothing about.
    private mutating func changeLabels(_ number: Int, _ generator: inout SeededGenerator) {
        guard let index = labels.indices.randomElement(using: &generator) else { return }
        if Int.random(in: 0...3, using: &generator) == 0 {
            let label = labels.remove(at: index)
            issue.labels.removeAll { $0.id == label.id }
            return record("deleted", .label(label), &generator)
        }
        if Bool.random(using: &generator) {
            labels[index].name = "label \(labels[index].id), renamed \(number)"
        } else {
            labels[index].color = String(100_000 + number)
        }
        let label = labels[index]
        issue.labels = issue.labels.map { $0.id == label.id ? label : $0 }
        record("edited", .label(label), &generator)
    }

    private mutating func changePulls(_ number: Int, _ generator: inout SeededGenerator) {
        let id = Int64.random(in: 1...2, using: &generator)
        let isNew = pulls[id] == nil
        var pull = pulls[id] ?? SamplePullRequest(id)
        pull.id = id
        switch isNew ? 0 : Int.random(in: 0...3, using: &generator) {
        case 0:
            pull.body =
                ["Fixes #", "See #", "Closes: #, see #", "Nothing", nil].randomElement(using: &generator) ?? nil
        case 1: pull.title = "Change \(number)"
        case 2: pull.base = ["main", "release", nil].randomElement(using: &generator) ?? nil
        default: break
        }
        pull.state = SamplePullRequest.State.allCases.randomElement(using: &generator) ?? .open
        pull.updatedAt = SampleIssue.time(now)
        pull.endedAt = SampleIssue.time(now)
        pulls[id] = pull
        record(isNew ? "opened" : "edited", .pull(pull), &generator)
    }
}
