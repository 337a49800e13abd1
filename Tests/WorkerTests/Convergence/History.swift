import Foundation
import Shared
import TestSupport

/// What happened to one issue on GitHub: its deliveries, in the order GitHub made them.
struct History: Sendable {
    /// One delivery: which snapshots it shows.
    struct Step: Sendable, CustomStringConvertible {
        let action: String
        let issue: SampleIssue
        let comment: SampleComment?

        var event: EventType { comment == nil ? .issues : .issueComment }
        var removesIssue: Bool { comment == nil && (action == "deleted" || action == "transferred") }
        var removesComment: Bool { comment != nil && action == "deleted" }

        /// The body, for an issue of another id and number: each run of a history has an issue of its own.
        func payload(run: Int64) -> [UInt8] {
            var issue = issue
            issue.id = 5_000_000 + run
            issue.number = run
            guard var comment else { return issue.event(action) }
            comment.id += run * 1_000
            return issue.event(action, comment)
        }

        var description: String {
            let what = comment.map { "comment \($0.id) \(action) '\($0.body)' at \($0.updatedAt)" } ?? "issue \(action)"
            return "\(what): \(issue.updatedAt) '\(issue.title)' \(issue.state) \(issue.stateReason ?? "-")"
                + " labels \(issue.labels.map(\.name)) assignees \(issue.assignees.map(\.login))"
        }
    }

    var steps: [Step]
}

extension History {
    /// A random life of an issue; several steps may share a second, as GitHub's do.
    init(using generator: inout SeededGenerator) {
        var issue = SampleIssue(1)
        var comments: [Int64: SampleComment] = [:]
        var nextComment: Int64 = 1
        var now = 0
        var isGone = false
        steps = []
        func add(_ action: String, _ comment: SampleComment? = nil) {
            issue.updatedAt = SampleIssue.time(now)
            steps.append(Step(action: action, issue: issue, comment: comment))
        }
        add("opened")
        for number in 0..<Int.random(in: 1...9, using: &generator) where !isGone {
            now += Int.random(in: 0...2, using: &generator)
            switch Int.random(in: 0...13, using: &generator) {
            case 0, 1:
                issue.title = "Title \(number)"
                add("edited")
            case 2:
                issue.body = Bool.random(using: &generator) ? "Body \(number)" : nil
                add("edited")
            case 3, 4:
                issue.state = "closed"
                issue.stateReason =
                    ["completed", "not_planned", "duplicate", nil].randomElement(using: &generator) ?? nil
                issue.closedAt = SampleIssue.time(now)
                add("closed")
            case 5:
                issue.state = "open"
                issue.stateReason = "reopened"
                issue.closedAt = nil
                add("reopened")
            case 6, 7:
                let label = SampleLabel(Int64.random(in: 1...4, using: &generator), "")
                let named = SampleLabel(label.id, "label \(label.id)")
                if let index = issue.labels.firstIndex(of: named) {
                    issue.labels.remove(at: index)
                    add("unlabeled")
                } else {
                    issue.labels.append(named)
                    add("labeled")
                }
            case 8:
                let user: SampleUser = Bool.random(using: &generator) ? .octocat : .stranger
                if let index = issue.assignees.firstIndex(of: user) {
                    issue.assignees.remove(at: index)
                    add("unassigned")
                } else {
                    issue.assignees.append(user)
                    add("assigned")
                }
            case 9, 10:
                var comment = SampleComment(nextComment)
                nextComment += 1
                comment.body = "Comment \(number)"
                comment.author = Bool.random(using: &generator) ? .octocat : .stranger
                comment.createdAt = SampleIssue.time(now)
                comment.updatedAt = comment.createdAt
                comments[comment.id] = comment
                add("created", comment)
            case 11:
                guard var comment = comments.values.sorted(by: { $0.id < $1.id }).randomElement(using: &generator)
                else { continue }
                comment.body = "Edited \(number)"
                comment.updatedAt = SampleIssue.time(now)
                comments[comment.id] = comment
                add("edited", comment)
            case 12:
                guard let comment = comments.values.sorted(by: { $0.id < $1.id }).randomElement(using: &generator)
                else { continue }
                comments[comment.id] = nil
                add("deleted", comment)
            default:
                // Rare, or most histories would end early.
                guard Int.random(in: 0...2, using: &generator) == 0 else { continue }
                isGone = true
                add(Bool.random(using: &generator) ? "deleted" : "transferred")
            }
        }
    }
}
