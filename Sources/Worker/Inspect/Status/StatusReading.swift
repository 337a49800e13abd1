import Base
import Database
import JSON
import Outbound

/// Everything that `status` shows, at one moment.
package struct StatusReading: Sendable {
    package let queue: QueueStatus
    package let throughput: Throughput
    package let latency: QueueLatency
    package let fleet: Fleet
    package let ingest: [IngestNode]
    package let limits: [RateLimitedRepository]
    /// What goes to GitHub.
    package let outbound: OutboundTotals
    package let failures: [EventSummary]
    package let causes: [FailureGroup]

    package var json: JSONValue {
        .object([
            "at": .string(queue.at.description),
            "queue": queue.json,
            "throughput": throughput.minutesJSON,
            "rates": throughput.ratesJSON,
            "latency": latency.json,
            "workers": .array(fleet.workers.map(\.json)),
            "fleet": .members(fleet.counts.map { ($0.state, .int($0.workers)) }),
            "ingest": .array(ingest.map(\.json)),
            "rate_limits": .array(limits.map(\.json)),
            "outbound": outbound.connections > 0 ? outbound.json : .null,
            "failures": .array(failures.map(\.json)),
            "causes": .array(causes.map(\.json)),
        ])
    }
}

extension Connection {
    package func statusReading() throws -> StatusReading {
        let (queue, throughput, latency, workers, counts, ingest, limits, outbound, failures, causes) = try run(
            QueueStatus.read,
            Throughput.read,
            QueueLatency.read,
            FleetWorker.read,
            Fleet.Count.read,
            IngestNode.read,
            RateLimitedRepository.read,
            OutboundTotals.read,
            EventSummary.lastFailures(5),
            FailureGroup.most(5),
            // All of them together may take longer than one statement should.
            within: .seconds(120)
        )
        return StatusReading(
            queue: queue,
            throughput: throughput,
            latency: latency,
            fleet: Fleet(workers: workers, counts: counts),
            ingest: ingest,
            limits: limits,
            outbound: outbound,
            failures: failures,
            causes: causes
        )
    }
}

extension OutboundTotals {
    fileprivate var json: JSONValue {
        .object([
            "connections": .int(connections),
            "waiting": .int(waiting),
            "sending": .int(sending),
            "parked": .int(parked),
            "wants_approval": .int(wantsApproval),
            "oldest_seconds": .optional(oldestSeconds),
            "sent_last_hour": .int(sentLastHour),
        ])
    }
}

/// A repository whose events wait because of its rate limit.
package struct RateLimitedRepository: RowDecodable, Equatable {
    /// GitHub's number of it.
    package let id: Int64
    package let name: String?
    package let perMinute: Int
    package let waiting: Int
    /// When the last of them is due.
    package let lastTurn: Timestamp?

    package init(row: Row) throws {
        id = try row.get("repository_id")
        name = try row.getIfPresent("repository_name")
        perMinute = try row.get("per_minute")
        waiting = try row.get("waiting")
        lastTurn = try row.getIfPresent("last_turn")
    }

    package var json: JSONValue {
        .object([
            "repository_id": .int(Int(id)),
            "repository": .optional(name),
            "per_minute": .int(perMinute),
            "waiting": .int(waiting),
            "last_turn": .optional(lastTurn?.description),
        ])
    }

    /// The repositories with most events waiting come first.
    package static let read = Read(
        """
        select repository_id, repository_name, per_minute, waiting, last_turn
        from github_sync.github_rate_limits_waiting
        where waiting > 0
        order by waiting desc, repository_id
        limit 50
        """,
        as: RateLimitedRepository.self
    )
}
