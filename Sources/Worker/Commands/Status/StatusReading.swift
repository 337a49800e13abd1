import Base
import Database
import JSON

/// What `status` shows: the state of everything at one moment.
struct StatusReading: Sendable {
    let queue: QueueStatus
    let throughput: Throughput
    let latency: QueueLatency
    let fleet: Fleet
    let limits: [RateLimitedRepository]
    let failures: [EventSummary]

    init(over connection: Connection) async throws {
        queue = try await connection.queueStatus()
        throughput = try await connection.throughput()
        latency = try await connection.latency()
        fleet = try await connection.fleet()
        limits = try await connection.rateLimitedRepositories()
        failures = try await connection.lastFailures(limit: 5)
    }

    var json: JSONValue {
        .object([
            "at": .string(queue.at.description),
            "queue": queue.json,
            "throughput": throughput.minutesJSON,
            "rates": throughput.ratesJSON,
            "latency": latency.json,
            "workers": .array(fleet.workers.map(\.json)),
            "fleet": .members(fleet.counts.map { ($0.state, .int($0.workers)) }),
            "rate_limits": .array(limits.map(\.json)),
            "failures": .array(failures.map(\.json)),
        ])
    }
}
