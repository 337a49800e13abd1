import Base
import Database
import Foundation

/// How far a clock is ahead of the database's.
///
/// Only the database's counts for retries and leases, but the ids of events carry their node's time.
struct ClockSkew: Sendable, Equatable {
    /// Seconds that do no harm.
    static let limit = 2.0

    let clock: String
    /// Seconds; below 0 where it is behind.
    let ahead: Double

    var finding: Finding {
        guard abs(ahead) > Self.limit else { return .ok("\(clock) agrees with the database's") }
        return .warning(
            "\(clock) is \(Age(seconds: Int(abs(ahead))).text) \(ahead > 0 ? "ahead of" : "behind") the database's",
            "synchronize it (systemd-timesyncd, chrony): --since and prune go by the time in event ids"
        )
    }
}

extension Connection {
    /// This machine's clock, and those of the ingest nodes.
    func clockFindings() throws -> [Finding] {
        let before = Timestamp.now
        let server: Timestamp = try run("select clock_timestamp() as now")[0].get("now")
        let middle = before.microseconds + (Timestamp.now.microseconds - before.microseconds) / 2
        let here = ClockSkew(
            clock: "this machine's clock",
            ahead: Double(middle - server.microseconds) / 1_000_000
        )
        guard let node = try nodeSkew(), node.ahead > ClockSkew.limit else { return [here.finding] }
        return [here.finding, node.finding]
    }

    /// A node whose clock is ahead makes ids later than the moment they are stored, and those sort last; one that is
    /// behind looks like one that drained its spool.
    private func nodeSkew() throws -> ClockSkew? {
        let ahead: Double? = try run(
            """
            select max(
                ('x' || left(translate(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0
                - extract(epoch from created_at)
            )::float8 as seconds
            from (
                select id, created_at from github_sync.github_webhook_events order by id desc limit 500
            ) as newest
            """
        )[0].getIfPresent("seconds")
        return ahead.map { ClockSkew(clock: "the clock of an ingest node", ahead: $0) }
    }
}
