import Base
import Database
import Foundation

/// How far a clock is ahead of the database's.
///
/// Retries and leases go by the database's clock only, but the id of an event has the time of the node that made it.
package struct ClockSkew: Sendable, Equatable {
    /// A smaller difference, in seconds, does no harm.
    package static let limit = 2.0

    package let clock: String
    /// Seconds; negative where the clock is behind.
    package let ahead: Double

    package init(clock: String, ahead: Double) {
        self.clock = clock
        self.ahead = ahead
    }

    package var finding: Finding {
        guard abs(ahead) > Self.limit else { return .ok("\(clock) agrees with the database's") }
        return .warning(
            "\(clock) is \(Age(seconds: Int(abs(ahead))).text) \(ahead > 0 ? "ahead of" : "behind") the database's",
            "synchronize it (systemd-timesyncd, chrony): --since and prune go by the time in event ids"
        )
    }
}

extension Connection {
    /// Compares the clocks of this machine and of the ingest nodes with the database's.
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

    /// How far the clock of a node is ahead, from the ids of the newest events.
    ///
    /// A node whose clock is ahead makes ids with a time later than the moment they are stored, and those sort last. A
    /// clock that is behind cannot be told from a spool that was drained late.
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
