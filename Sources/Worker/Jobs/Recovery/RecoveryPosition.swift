import Base
import GitHubClient

/// Where a recovery goes on: after it was killed it looks again from here, and the events that it stored before are
/// known by their delivery ids.
struct RecoveryPosition: Sendable, Equatable, Codable {
    /// The hooks to look at, and when they were found.
    var hooks: [Hook] = []
    var hooksFoundAt: Timestamp?
    /// When the last whole look began, by GitHub's clock.
    var lookedAt: Timestamp?
    /// GUIDs of deliveries with which no more can be done, and since when.
    private(set) var settled: [String: Timestamp] = [:]

    /// Lookups that this saves are most of the calls of a quiet recovery; a new hook can wait so long.
    private static let hookLifetime: Int64 = 3_600
    /// GitHub's Enterprise Server remembers deliveries for longer, but what is older than this the sweeps have found.
    private static let memory: Int64 = 3 * 86_400
    /// An attempt is on GitHub's list only after its end, and possibly late.
    private static let margin: Int64 = 900
    private static let settledLimit = 1_000

    /// Whether the hooks have to be found again.
    func needsHooks(at now: Timestamp) -> Bool {
        hooks.isEmpty || (hooksFoundAt ?? now).adding(seconds: Self.hookLifetime) <= now
    }

    /// The delivery time of the oldest attempts that a look at `now` goes back to.
    func start(of filters: JobFilters, at now: Timestamp) -> Timestamp {
        let asked = lookedAt?.adding(seconds: -Self.margin) ?? filters.since
        let oldest = now.adding(seconds: -Self.memory)
        return max(oldest, asked ?? oldest)
    }

    mutating func settle(_ guid: String, at now: Timestamp) { settled[guid] = now }

    /// Forgets what GitHub has forgotten too; attempts may come as late as the GUID was settled.
    mutating func forget(at now: Timestamp) {
        let oldest = now.adding(seconds: -Self.memory - Self.margin)
        settled = settled.filter { $0.value > oldest }
        guard settled.count > Self.settledLimit else { return }
        let newest = settled.sorted { $0.value > $1.value }.prefix(Self.settledLimit)
        settled = Dictionary(uniqueKeysWithValues: newest.map { ($0.key, $0.value) })
    }
}

extension Timestamp {
    fileprivate func adding(seconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds + seconds * 1_000_000) }
}
