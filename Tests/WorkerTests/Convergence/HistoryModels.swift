import Base
import Foundation
import TestSupport

extension History {
    /// The deliveries that the connection's settings do not leave alone, with their places in the order of receipt.
    var accepted: [(offset: Int, element: Step)] {
        steps.enumerated().filter { _, step in
            connection == .plain
                || (step.sender.login != "noisy-bot"
                    && !(step.event == .issues && ["labeled", "unassigned", "transferred"].contains(step.action)))
        }
    }
}

extension History.Step {
    var issue: SampleIssue? {
        if case .issue(let issue, _) = subject { issue } else { nil }
    }

    var comment: SampleComment? {
        if case .issue(_, let comment) = subject { comment } else { nil }
    }

    var removesIssue: Bool { event == .issues && (action == "deleted" || action == "transferred") }
    var removesComment: Bool { event == .issueComment && action == "deleted" }
}

/// The newest snapshot of each pull request.
struct PullModel {
    private var newest: [Int64: SamplePullRequest] = [:]

    init(_ history: History) {
        for step in history.accepted.map(\.element) {
            guard case .pull(let pull) = step.subject else { continue }
            if let other = newest[pull.id], other.updatedAt > pull.updatedAt { continue }
            newest[pull.id] = pull
        }
    }

    var closing: [SamplePullRequest] {
        newest.values.filter { pull in
            pull.base != "release" && (pull.body?.hasPrefix("Fixes") == true || pull.body?.hasPrefix("Closes") == true)
        }
    }

    /// When the last one that was to close the issue was merged.
    var mergedAt: String? { closing.filter { $0.state == .merged }.compactMap(\.endedAt).max() }

    func titles(in repository: SampleRepository, run: Int64) -> [String] {
        newest.values.filter { $0.body?.contains("#") == true }
            .map { "\(repository.fullName)#\($0.number + 1_000_000 + run * 100) \($0.title) (\($0.state))" }
            .sorted()
    }
}

/// What the last `label` events said.
struct LabelModel {
    private var last: [Int64: SampleLabel] = [:]
    private var gone: Set<Int64> = []

    init(_ history: History) {
        for step in history.accepted.map(\.element) {
            guard case .label(let label) = step.subject else { continue }
            if step.action == "deleted" { gone.insert(label.id) }
            last[label.id] = label
        }
    }

    /// Its name and colour in Plane; nil when it is gone.
    func shown(_ label: SampleLabel, run: Int64) -> String? {
        guard !gone.contains(label.id) else { return nil }
        let label = last[label.id] ?? label
        return "\(label.name) of \(run) #\(label.color)"
    }
}
