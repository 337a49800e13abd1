/// A part of the settings as `configure --clear` names it.
package enum SettingsPart: String, Sendable, CaseIterable {
    case accept, states
    case pullRequests = "pull-requests"
    case labels, priorities, ignore, transform, rate
    case newIssues = "new-issues"

    /// Puts the part back to its default.
    func clear(in settings: inout SyncSettings) {
        let none = SyncSettings()
        switch self {
        case .accept: settings.accept = none.accept
        case .states: settings.states = none.states
        case .pullRequests: settings.pullRequests = none.pullRequests
        case .labels: settings.labels = none.labels
        case .priorities: settings.priorities = none.priorities
        case .ignore: settings.ignore = none.ignore
        case .transform: settings.transform = none.transform
        case .rate: settings.rate = none.rate
        case .newIssues: settings.newIssues = none.newIssues
        }
    }
}
