/// Where a delivery is in its life; the words of `github_sync.event_status`.
package enum EventStatus: String, Sendable, CaseIterable, SQLValue {
    case pending, processing, completed, failed
}
