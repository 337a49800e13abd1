import Database
import JSON
import Store
import Synchronization

/// What this node refused since its start, how often and when last, and whose signed deliveries nobody wanted.
final class RefusalTally: Sendable {
    private struct Entry {
        var count = 0
        var last = ContinuousClock.now

        mutating func add(at time: ContinuousClock.Instant) { (count, last) = (count + 1, time) }

        /// The age is in seconds, because the node's clock may be off.
        func members(at now: ContinuousClock.Instant) -> [(String, JSONValue)] {
            [("count", .int(count)), ("age", .double(max(0, (now - last) / .seconds(1))))]
        }
    }

    private struct State {
        var reasons: [DeliveryOutcome.Status: Entry] = [:]
        var unknown: [String: Entry] = [:]
    }

    /// Repositories that are remembered; of more, those that came last.
    private static let capacity = 20

    private let state = Mutex(State())

    /// Counts an outcome if it is a refusal.
    func add(_ outcome: DeliveryOutcome.Status, at time: ContinuousClock.Instant = .now) {
        guard outcome.isRefusal else { return }
        state.withLock { $0.reasons[outcome, default: Entry()].add(at: time) }
    }

    /// Counts a delivery that a valid signature vouches for, of a repository that no project follows.
    ///
    /// `name` is `owner/name`, of GitHub's own alphabet and at most 201 bytes long.
    func addUnknown(_ name: String, at time: ContinuousClock.Instant = .now) {
        state.withLock { state in
            state.unknown[name, default: Entry()].add(at: time)
            guard state.unknown.count > Self.capacity else { return }
            if let oldest = state.unknown.min(by: { $0.value.last < $1.value.last }) { state.unknown[oldest.key] = nil }
        }
    }

    /// By reason, in the form of the column `refusals`.
    func refusals(at now: ContinuousClock.Instant = .now) -> JSONText {
        let reasons = state.withLock { $0.reasons }
        return JSONText(
            .members(
                reasons.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                    ($0.key.rawValue, .members($0.value.members(at: now)))
                }
            )
        )
    }

    /// The last seen first, in the form of the column `unknown_repositories`.
    func unknownRepositories(at now: ContinuousClock.Instant = .now) -> JSONText {
        let unknown = state.withLock { $0.unknown }
        return JSONText(
            .array(
                unknown.sorted { $0.value.last > $1.value.last }.map {
                    .members([("name", .string($0.key))] + $0.value.members(at: now))
                }
            )
        )
    }
}

extension DeliveryOutcome.Status {
    /// Whether the sender's operator should know: the delivery was wanted, or somebody sends what is not.
    fileprivate var isRefusal: Bool {
        switch self {
        case .accepted, .duplicate, .requeued, .ignored, .ping: false
        case .unauthorized, .invalid, .unavailable, .notConnected, .tooLarge: true
        }
    }
}

extension JSONText {
    fileprivate init(_ value: JSONValue) { self.init(Array(value.text.utf8)) }
}
