import Base
import Queue

/// One thing that can be set, in words.
package struct SettingsEntry: Sendable, Equatable {
    package let name: String
    /// Empty when nothing is set.
    let values: [String]
    /// The words for the default.
    let fallback: String

    package var isDefault: Bool { values.isEmpty }
    package var lines: [String] { isDefault ? ["\(fallback) (default)"] : values }
}

extension SyncSettings {
    /// Everything that can be set, in the order in which it is shown.
    package var entries: [SettingsEntry] {
        func entry(_ name: String, _ values: [String], else fallback: String) -> SettingsEntry {
            SettingsEntry(name: name, values: values, fallback: fallback)
        }
        func state(_ name: String, _ choice: StateChoice?, else fallback: String) -> SettingsEntry {
            entry(name, choice.map { [$0.words] } ?? [], else: fallback)
        }
        let accepted = accept.map { $0.isEmpty ? ["nothing"] : [$0.joined(separator: ", ")] } ?? []
        return [
            entry("accepted events", accepted, else: "all"),
            state("open issues", states.open, else: "the project's default state"),
            state("completed issues", states.completed, else: "the first state of group completed"),
            state("cancelled issues", states.cancelled, else: "the first state of group cancelled"),
            entry("pull request links", pullRequests.link ? [] : ["off"], else: "on"),
            state("while a draft is open", pullRequests.draft, else: "the issue stays where it is"),
            state("while a pull request is open", pullRequests.open, else: "the issue stays where it is"),
            state("when it is merged", pullRequests.merged, else: "the issue stays where it is"),
            entry("labels", labels.sorted { $0.key < $1.key }.map { "\($0.key) → \($0.value)" }, else: "as on GitHub"),
            entry("priorities", priorities.map { "\($0.label) → \($0.priority.rawValue)" }, else: "none"),
            entry("ignored", ignore, else: "nothing"),
            entry("transformations", transform.map(\.words), else: "none"),
            entry("rate", rate.map { ["\($0.perMinute) a minute, bursts of \($0.burst)"] } ?? [], else: "no limit"),
            entry("labels of new issues", newIssues.labels, else: "GitHub's only"),
            entry("parent of new issues", newIssues.parent.map { [$0.name] } ?? [], else: "none"),
            entry("module of new issues", newIssues.module.map { [$0.name] } ?? [], else: "none"),
            entry("sent to GitHub", outbound.issueWords.map { [$0] } ?? [], else: "nothing"),
            entry("comments sent", outbound.commentWords.map { [$0] } ?? [], else: "none"),
            entry("people mentioned", outbound.mentions == .logins ? ["by @login"] : [], else: "by name"),
            entry(
                "deleted in Plane",
                outbound.deletion == .close ? ["closed on GitHub, as not planned"] : [],
                else: "left as it is on GitHub"
            ),
            entry("but not", outbound.without.map(\.rawValue), else: "everything is sent"),
            entry("on a conflict", outbound.conflict == .plane ? ["Plane's stays"] : [], else: "GitHub's stays"),
            entry("link to the dashboard", issueLink.map { [$0.address] } ?? [], else: "none"),
        ]
    }
}

extension OutboundRules {
    fileprivate var issueWords: String? {
        let linked = "changes of issues that exist on both sides"
        return switch issues {
        case .off: nil
        case .linked: linked
        case .label: "\(linked), and new issues with the label \(createLabel)"
        case .all: "\(linked), and new issues" + (issuesSince.map { " since \($0)" } ?? "")
        }
    }

    fileprivate var commentWords: String? {
        let since = commentsSince.map { " since \($0)" } ?? ""
        return switch comments {
        case .off: nil
        case .external: "those written in Plane for everybody\(since)"
        case .all: "those written in Plane\(since)"
        }
    }
}

extension StateChoice {
    fileprivate var words: String {
        switch self {
        case .name(let name): name
        case .group(let group): "the first state of group \(group)"
        }
    }
}

extension Transformation {
    /// The transformation as `configure --transform` takes it.
    fileprivate var words: String {
        let text =
            switch value {
            case .constant(let text): text
            case .path(let path): path
            }
        return "\(field.rawValue)=\(text)\(condition.map { " when \($0)" } ?? "")"
    }
}
