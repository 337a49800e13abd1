import Queue

/// How one attempt at an event ended, in the words of `github_mcp_sync_total`.
enum SyncStatus: String, Sendable, CaseIterable {
    case completed, superseded, ignored, retried, delayed, failed

    init(_ outcome: Outcome) {
        switch outcome {
        case .completed(.applied, _): self = .completed
        case .completed(.superseded, _): self = .superseded
        case .completed(.ignored, _): self = .ignored
        case .retry: self = .retried
        case .delayed: self = .delayed
        case .failed: self = .failed
        }
    }
}
