import Base
import Database
import Foundation
import GitHub

/// What a snapshot of an issue asks of one project, once its settings are applied.
struct DesiredIssue: Sendable {
    let title: String
    let titleHash: Bytes
    /// Markdown.
    let body: String
    let bodyHash: Bytes
    /// Nil when no rule speaks of it.
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

    /// Plane's column holds 255 characters and its interface needs one.
    var name: String {
        let cut = String(title.unicodeScalars.prefix(255))
        return cut.unicodeScalars.contains(where: \.isVisible) ? cut : "(no title)"
    }
}

/// A label an issue is to carry in a project.
struct DesiredLabel: Sendable {
    /// GitHub's id; for a label that settings add, a negative number made from its name.
    let key: Int64
    /// In Plane.
    let name: String
    /// Nil when the label stands under a name that settings chose: it is then found by that name alone.
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
    /// What settings attach to every issue the sync makes.
    static func defaultLabels(_ settings: SyncSettings) -> [DesiredLabel] {
        settings.newIssues.labels.map { DesiredLabel(named: $0) }.filter { !$0.name.isEmpty }
    }
}

extension Unicode.Scalar {
    /// Whether a person sees something where this stands alone.
    ///
    /// White space, controls and marks that need a letter show nothing, nor do those that Unicode calls ignorable (the soft
    /// hyphen, joiners, variation selectors, Hangul fillers, tags), and the Braille pattern without dots.
    var isVisible: Bool {
        if properties.isWhitespace || properties.isDefaultIgnorableCodePoint || value == 0x2800 { return false }
        switch properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark: return false
        default: return true
        }
    }
}
