import Foundation
import Inspect
import Queue
import Sync

/// Checks settings against the project in Plane before they are stored.
///
/// Only parts that change are checked: a state or label that somebody deleted in Plane must not keep the operator from
/// changing another part.
struct SettingsCheck {
    /// The highest number of rules of one kind.
    static let maximumRules = 100

    let before: SyncSettings
    let sync: ConnectedSync
    let catalog: ProjectCatalog
    /// The settings, with names as Plane has them.
    private(set) var settings: SyncSettings
    /// Remarks for the operator about settings that are valid.
    private(set) var remarks: [String] = []

    init(_ wanted: SyncSettings, insteadOf before: SyncSettings, of sync: ConnectedSync, in catalog: ProjectCatalog) {
        settings = wanted
        self.before = before
        self.sync = sync
        self.catalog = catalog
    }

    /// Checks everything but the `jsonpath` texts, which only PostgreSQL can check.
    /// - Throws: `CommandFailure` with the option, the value and what was expected.
    mutating func run() throws {
        try checkEvents()
        try checkStates()
        try checkLabels()
        try checkRules()
        try checkRate()
    }

    private func checkEvents() throws {
        for word in settings.accept ?? [] {
            if let expected = WebhookActions.expected(insteadOf: word) { throw refusal("--accept", word, expected) }
        }
    }

    private mutating func checkStates() throws {
        if settings.states != before.states {
            settings.states.open = try state(settings.states.open, "--state open")
            settings.states.completed = try state(settings.states.completed, "--state completed")
            settings.states.cancelled = try state(settings.states.cancelled, "--state cancelled")
        }
        if settings.pullRequests != before.pullRequests {
            let rules = settings.pullRequests
            settings.pullRequests.draft = try state(rules.draft, "--pull-request-state draft")
            settings.pullRequests.open = try state(rules.open, "--pull-request-state open")
            settings.pullRequests.merged = try state(rules.merged, "--pull-request-state merged")
        }
    }

    private func state(_ choice: StateChoice?, _ option: String) throws -> StateChoice? {
        switch choice {
        case nil: return nil
        case .name(let wanted):
            let names = catalog.states.map(\.name)
            guard let name = ProjectCatalog.name(wanted, in: names) else {
                throw refusal(option, wanted, "a state of \(sync.place): \(names.joined(separator: ", "))")
            }
            return .name(name)
        case .group(let group):
            guard ProjectCatalog.groups.contains(group) else {
                throw refusal(option, "group:\(group)", "a group of: \(ProjectCatalog.groups.joined(separator: ", "))")
            }
            guard catalog.states.contains(where: { $0.group == group }) else {
                throw CommandFailure("\(option) is 'group:\(group)', but \(sync.place) has no state of that group")
            }
            return .group(group)
        }
    }

    private mutating func checkLabels() throws {
        if settings.labels != before.labels {
            guard Set(settings.labels.keys.map(LabelName.init)).count == settings.labels.count else {
                throw CommandFailure("--label: GitHub's names are the same in upper and lower case, expected each once")
            }
            for (github, plane) in settings.labels {
                guard !github.isBlank else { throw refusal("--label", github, "a name on GitHub's side") }
                settings.labels[github] = try label(plane, "--label \(github)")
            }
        }
        if settings.newIssues.labels != before.newIssues.labels {
            settings.newIssues.labels = try settings.newIssues.labels.map { try label($0, "--new-label") }
        }
        if settings.priorities != before.priorities {
            for rule in settings.priorities where rule.label.isBlank {
                throw refusal("--priority", rule.label, "the name of a label on GitHub")
            }
        }
        remarks = Array(Set(remarks)).sorted()
    }

    /// Plane's columns hold 255 characters.
    private mutating func label(_ wanted: String, _ option: String) throws -> String {
        guard !wanted.isBlank, wanted.unicodeScalars.count <= 255 else {
            throw refusal(option, wanted, "the name of a label, 1 to 255 characters")
        }
        if let name = ProjectCatalog.name(wanted, in: catalog.labels) { return name }
        // Where several labels differ only in case, the sync takes the oldest.
        guard !catalog.labels.contains(where: { LabelName($0) == LabelName(wanted) }) else { return wanted }
        remarks.append("\(sync.place) has no label \(wanted) yet: it is made when an issue needs it")
        return wanted
    }

    private mutating func checkRules() throws {
        for (option, count) in [
            ("--ignore", settings.ignore.count), ("--transform", settings.transform.count),
            ("--priority", settings.priorities.count),
        ] where count > Self.maximumRules {
            throw CommandFailure("\(option) is given \(count) times, expected at most \(Self.maximumRules)")
        }
        guard settings.transform != before.transform else { return }
        settings.transform = try settings.transform.map { rule in
            guard case .constant(let text) = rule.value else { return rule }
            switch rule.field {
            case .priority where Priority(rawValue: text) == nil:
                let words = Priority.allCases.map(\.rawValue).joined(separator: ", ")
                throw refusal("--transform priority", text, "one of: \(words)")
            case .title where text.isBlank: throw refusal("--transform title", text, "a text that is not blank")
            case .label:
                let name = try label(text, "--transform label")
                return Transformation(field: .label, value: .constant(name), condition: rule.condition)
            case .title, .body, .priority: return rule
            }
        }
    }

    private func checkRate() throws {
        guard let rate = settings.rate else { return }
        for (option, value) in [("--rate", rate.perMinute), ("--burst", rate.burst)]
        where !RateLimit.range.contains(value) {
            let range = "a number from \(RateLimit.range.lowerBound) to \(RateLimit.range.upperBound)"
            throw refusal(option, String(value), range)
        }
    }

    private func refusal(_ option: String, _ value: String, _ expected: String) -> CommandFailure {
        CommandFailure("\(option) is '\(value)', expected \(expected)")
    }
}

extension String {
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
