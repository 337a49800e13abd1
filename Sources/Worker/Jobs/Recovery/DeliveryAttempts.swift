import Base
import Deliveries
import GitHubClient

/// An event of which no attempt to deliver it has succeeded.
struct LostDelivery: Sendable, Equatable {
    let hook: Hook
    /// The newest of the attempts.
    let newest: HookDelivery
    /// When the first of them was made: the content is from then.
    let firstTriedAt: Timestamp
    /// Whether somebody has asked for another attempt, in vain.
    let wasRedelivered: Bool

    var guid: String { newest.guid }
}

/// The attempts to deliver the events of one repository, as lists of GitHub's show them, in any order.
///
/// An event has the same GUID in all its attempts and for all hooks: one success is enough.
struct DeliveryAttempts: Sendable {
    private let repositoryID: Int64
    private let start: Timestamp
    private var failed: [String: LostDelivery] = [:]
    private var delivered: Set<String> = []

    /// Attempts before `start` do not count.
    init(of repositoryID: Int64, since start: Timestamp) {
        self.repositoryID = repositoryID
        self.start = start
    }

    /// What is lost by what is known, the oldest first.
    var lost: [LostDelivery] {
        failed.values.sorted { ($0.firstTriedAt, $0.newest.id) < ($1.firstTriedAt, $1.newest.id) }
    }

    var guids: [String] { Array(failed.keys) }

    /// The time of the oldest attempt at anything that is lost.
    var oldest: Timestamp? { failed.values.map(\.firstTriedAt).min() }

    mutating func add(_ attempts: [HookDelivery], of hook: Hook) {
        for attempt in attempts { add(attempt, of: hook) }
    }

    private mutating func add(_ attempt: HookDelivery, of hook: Hook) {
        let guid = attempt.guid
        if attempt.hasSucceeded {
            delivered.insert(guid)
            failed[guid] = nil
        }
        guard !attempt.hasSucceeded, attempt.deliveredAt >= start, !delivered.contains(guid), isOurs(attempt, of: hook)
        else { return }
        guard let other = failed[guid] else {
            failed[guid] = LostDelivery(
                hook: hook,
                newest: attempt,
                firstTriedAt: attempt.deliveredAt,
                wasRedelivered: attempt.isRedelivery
            )
            return
        }
        let isNewer = (attempt.deliveredAt, attempt.id) > (other.newest.deliveredAt, other.newest.id)
        failed[guid] = LostDelivery(
            hook: isNewer ? hook : other.hook,
            newest: isNewer ? attempt : other.newest,
            firstTriedAt: min(attempt.deliveredAt, other.firstTriedAt),
            wasRedelivered: attempt.isRedelivery || other.wasRedelivered
        )
    }

    /// Leaves out deliveries for which nothing is to be done.
    mutating func remove(_ guids: some Sequence<String>) {
        for guid in guids { failed[guid] = nil }
    }

    /// The hook of an organization or an App has the deliveries of all its repositories; only that of a repository may
    /// leave open whose they are.
    private func isOurs(_ attempt: HookDelivery, of hook: Hook) -> Bool {
        guard EventType(rawValue: attempt.event) != nil, Delivery.isID(attempt.guid) else { return false }
        if let id = attempt.repositoryID { return id == repositoryID }
        if case .repository = hook { return true }
        return false
    }
}
