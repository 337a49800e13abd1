import Foundation
import TestSupport

/// What people edit on both sides, and what is compared at the end.
enum LoopField: CaseIterable {
    case title, state, labels, body, assignees, comments
    /// Whether there is an issue at all.
    case issues

    /// What the sync brings to GitHub so far; the others join as soon as it brings them.
    static let synced = allCases

    /// Whether Plane also saves rows as it read them a while ago, which undoes what the sync wrote meanwhile.
    static let hasStaleSaves = true
}

/// Issues by their numbers on GitHub, as text that must be the same on both sides; those that only Plane has, by
/// negative numbers.
struct LoopState: Equatable {
    var issues: [Int64: [LoopField: String]] = [:]

    /// One line for each field that differs, with what GitHub and Plane show.
    func differences(from plane: LoopState) -> [(issue: Int64, text: String)] {
        Set(issues.keys).union(plane.issues.keys).sorted().flatMap { number in
            guard let shown = issues[number], let row = plane.issues[number] else {
                let text = issues[number] == nil ? "only in Plane" : "only on GitHub"
                return [(number, "#\(number): \(text)")]
            }
            return LoopField.synced.filter { shown[$0] != row[$0] }.map { field in
                (number, "#\(number) \(field): GitHub '\(shown[field] ?? "")', Plane '\(row[field] ?? "")'")
            }
        }
    }
}

extension LoopState {
    init(_ repository: FakeRepository.State) {
        for issue in repository.issues {
            let comments = repository.comments.filter { $0.issue == issue.number }.map(\.comment.body)
            issues[issue.number] = [
                .title: issue.title,
                .state: issue.state == "open" ? "open" : issue.stateReason == "not_planned" ? "cancelled" : "completed",
                .labels: issue.labels.map(\.name).sorted().joined(separator: ", "),
                .body: LoopText.line(ofMarkdown: issue.body ?? ""),
                .assignees: issue.assignees.map(\.login).sorted().joined(separator: ", "),
                .comments: comments.map(LoopText.line(ofMarkdown:)).sorted().joined(separator: ", "),
            ]
        }
    }
}

/// Texts of one line, so that both sides can be compared without a look at how they are rendered.
enum LoopText {
    /// The last line, without the marks of what was made in Plane.
    static func line(ofMarkdown text: String) -> String {
        text.replacing(marker, with: "").split(separator: "\n").last.map(String.init) ?? ""
    }

    /// The last paragraph: others name the author.
    static func line(ofHTML html: String) -> String {
        html.matches(of: /<p[^>]*>([^<]*)<\/p>/).last.map { String($0.output.1) } ?? ""
    }

    /// The marks in all texts of a repository.
    static func markers(in repository: FakeRepository.State) -> [String] {
        (repository.issues.compactMap(\.body) + repository.comments.map(\.comment.body)).flatMap { text in
            text.matches(of: marker).map { String($0.output.1) }
        }
    }

    private static var marker: Regex<(Substring, Substring)> { /\s*<!-- (plane:(?:issue|comment):[-0-9a-f]+) -->\s*/ }
}
