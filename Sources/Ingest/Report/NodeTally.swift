import Database
import Deliveries
import GitHub
import JSON
import Store
import Synchronization

/// What this node tells of what reached it since its start and became no event: what it refused, signed deliveries that
/// nobody wanted, and pings.
final class NodeTally: Sendable {
    private struct Entry {
        var count = 0
        var last = ContinuousClock.now

        mutating func add(at time: ContinuousClock.Instant) { (count, last) = (count + 1, time) }

        /// The age is in seconds, because the node's clock may be off.
        func members(at now: ContinuousClock.Instant) -> [(String, JSONValue)] {
            [("count", .int(count)), ("age", .double(max(0, (now - last) / .seconds(1))))]
        }
    }

    /// Who sends, by a name of GitHub's own alphabet.
    private struct Sender: Hashable {
        let name: String
        /// Nil of an organization.
        let repository: Int64?
    }

    private struct State {
        var reasons: [String: Entry] = [:]
        var unknown: [Sender: Entry] = [:]
        var pings: [Sender: Entry] = [:]
    }

    /// Senders of one kind that are remembered; of more, those that came last.
    private static let capacity = 20

    private let state = Mutex(State())

    /// Counts an outcome if it is a refusal.
    func add(_ outcome: DeliveryOutcome.Status, by webhook: Webhook, at time: ContinuousClock.Instant = .now) {
        if outcome.isRefusal { add(reason: outcome.rawValue, by: webhook, at: time) }
    }

    /// Counts a signature that did not hold.
    func add(_ refusal: Signature.Refusal, by webhook: Webhook, at time: ContinuousClock.Instant = .now) {
        add(reason: "signature_\(refusal.rawValue)", by: webhook, at: time)
    }

    private func add(reason: String, by webhook: Webhook, at time: ContinuousClock.Instant) {
        let reason = webhook == .plane ? "wake_\(reason)" : reason
        state.withLock { $0.reasons[reason, default: Entry()].add(at: time) }
    }

    /// Counts a delivery that a valid signature vouches for, of a repository that no project follows.
    func addUnknown(_ id: Int64, _ name: String, at time: ContinuousClock.Instant = .now) {
        state.withLock { Self.add(Sender(name: name, repository: id), to: &$0.unknown, at: time) }
    }

    /// Counts a ping that a valid signature vouches for.
    func addPing(_ ping: Ping, at time: ContinuousClock.Instant = .now) {
        guard let name = ping.name else { return }
        state.withLock { Self.add(Sender(name: name, repository: ping.repository?.id), to: &$0.pings, at: time) }
    }

    private static func add(_ sender: Sender, to entries: inout [Sender: Entry], at time: ContinuousClock.Instant) {
        entries[sender, default: Entry()].add(at: time)
        guard entries.count > capacity else { return }
        if let oldest = entries.min(by: { $0.value.last < $1.value.last }) { entries[oldest.key] = nil }
    }

    /// The numbers of all repositories that are remembered.
    var repositories: Set<Int64> {
        state.withLock { state in Set((Array(state.unknown.keys) + state.pings.keys).compactMap(\.repository)) }
    }

    /// Forgets that nobody wanted what repositories sent that are followed now.
    func forgetUnknown(_ connections: [Int64: RepositoryConnection]) {
        state.withLock { state in
            state.unknown = state.unknown.filter { Self.isFollowed($0.key, connections) != true }
        }
    }

    /// By reason, in the form of the column `refusals`.
    func refusals(at now: ContinuousClock.Instant = .now) -> JSONText {
        let reasons = state.withLock { $0.reasons }
        return JSONText(
            .members(reasons.sorted { $0.key < $1.key }.map { ($0.key, .members($0.value.members(at: now))) })
        )
    }

    /// The last seen first, in the form of the column `unknown_repositories`.
    func unknownRepositories(at now: ContinuousClock.Instant = .now) -> JSONText {
        let unknown = state.withLock { $0.unknown }
        return JSONText(
            .array(Self.newestFirst(unknown).map { .members([("name", .string($0.name))] + $1.members(at: now)) })
        )
    }

    /// The last seen first, in the form of the column `pings`.
    func pings(_ connections: [Int64: RepositoryConnection], at now: ContinuousClock.Instant = .now) -> JSONText {
        let pings = state.withLock { $0.pings }
        return JSONText(
            .array(
                Self.newestFirst(pings).map { sender, entry in
                    let isFollowed = Self.isFollowed(sender, connections).map(JSONValue.bool) ?? .null
                    return .members(
                        [("name", .string(sender.name))] + entry.members(at: now) + [("followed", isFollowed)]
                    )
                }
            )
        )
    }

    private static func newestFirst(_ entries: [Sender: Entry]) -> [(Sender, Entry)] {
        entries.sorted { $0.value.last > $1.value.last }.map { ($0.key, $0.value) }
    }

    /// Nil where that is not known, as of an organization.
    private static func isFollowed(_ sender: Sender, _ connections: [Int64: RepositoryConnection]) -> Bool? {
        sender.repository.flatMap { connections[$0] }.map { $0 != .unconnected }
    }
}

extension DeliveryOutcome.Status {
    /// Whether the sender's operator should know: the delivery was wanted, or somebody sends what is not.
    ///
    /// A signature that did not hold is counted with its reason.
    fileprivate var isRefusal: Bool {
        switch self {
        case .accepted, .duplicate, .requeued, .ignored, .ping, .unauthorized: false
        case .invalid, .unavailable, .notConnected, .tooLarge: true
        }
    }
}

extension JSONText {
    fileprivate init(_ value: JSONValue) { self.init(Array(value.text.utf8)) }
}
