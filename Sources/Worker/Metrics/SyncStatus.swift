/// How one attempt at an event ended, in the words of `github_mcp_sync_total`.
enum SyncStatus: String, Sendable, CaseIterable {
    case completed, superseded, ignored, retried, delayed, failed

    init(_ outcome: Outcome) {
        switch outcome {
        case .completed(let result):
            switch result.outcome {
            case .applied: self = .completed
            case .superseded: self = .superseded
            case .ignored: self = .ignored
            }
        case .retry: self = .retried
        case .delayed: self = .delayed
        case .failed: self = .failed
        }
    }
}
