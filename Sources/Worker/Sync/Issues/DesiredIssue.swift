import Base
import Database
import Foundation
import GitHub

/// An issue as a snapshot and the settings of one project want it.
struct DesiredIssue: Sendable {
    let title: String
    let titleHash: Bytes
    /// In Markdown.
    let body: String
    let bodyHash: Bytes
    /// Nil when no rule sets one.
    let priority: Priority?
    let labels: [DesiredLabel]

    init(_ snapshot: IssueSnapshot, for follower: Follower, rules: RuleOutcome?) {
        let issue = snapshot.issue
        let settings = follower.settings
        title = rules?.set?["title"] ?? issue.title
        let text = rules?.set?["body"]
        body = text ?? issue.body
        bodyHash = text.map(Bytes.hash) ?? snapshot.bodyHash
        priority =
            (rules?.set?["priority"]).flatMap { Priority(rawValue: $0.lowercased()) }
            ?? settings.priorities.first { rule in
                let name = LabelName(rule.label)
                return issue.labels.contains { LabelName($0.name) == name }
            }?.priority
        titleHash = .hash(of: title)
        labels = Self.labels(of: snapshot, for: follower, rules: rules)
    }

    static func labels(of snapshot: IssueSnapshot, for follower: Follower, rules: RuleOutcome?) -> [DesiredLabel] {
        let extra = (rules?.labels ?? []).map { DesiredLabel(named: $0) }
        return snapshot.issue.labels.map { DesiredLabel($0, settings: follower.settings) }
            + extra.filter { !$0.name.isEmpty }
    }

    var name: String { PlaneTitle.of(title) }
}

/// A label that an issue should have in a project.
struct DesiredLabel: Sendable {
    /// GitHub's id; for a label that settings add, a negative number made from its name.
    let key: Int64
    /// The label's name in Plane.
    let name: String
    /// Nil when settings chose the name: the label is found by that name alone then.
    let github: GitHubLabel?

    init(_ label: GitHubLabel, settings: SyncSettings) {
        key = label.id
        let mapped = settings.label(for: label.name)
        name = String((mapped ?? label.name).unicodeScalars.prefix(255))
        github = mapped == nil ? label : nil
    }

    init(named name: String) {
        self.name = String(name.unicodeScalars.prefix(255))
        key = sha256Number(self.name) | Int64.min
        github = nil
    }
}

extension DesiredIssue {
    /// The labels that settings attach to every issue that the sync creates.
    static func defaultLabels(_ settings: SyncSettings) -> [DesiredLabel] {
        settings.newIssues.labels.map { DesiredLabel(named: $0) }.filter { !$0.name.isEmpty }
    }
}

/// How Plane shows a title of GitHub's.
package enum PlaneTitle {
    /// The title, cut to the 255 characters of Plane's column; Plane's interface needs at least one visible character.
    package static func of(_ title: String) -> String {
        let cut = String(title.unicodeScalars.prefix(255))
        return cut.unicodeScalars.contains(where: \.isVisible) ? cut : "(no title)"
    }
}

extension Unicode.Scalar {
    /// Whether a person sees something where this character stands alone.
    ///
    /// White space, controls and marks that need a letter show nothing. Neither do the characters that Unicode calls
    /// ignorable (the soft hyphen, joiners, variation selectors, Hangul fillers, tags), nor the Braille pattern without
    /// dots.
    var isVisible: Bool {
        if properties.isWhitespace || properties.isDefaultIgnorableCodePoint || value == 0x2800 { return false }
        switch properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark: return false
        default: return true
        }
    }
}
