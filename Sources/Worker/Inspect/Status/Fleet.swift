import Base
import Database
import JSON

/// The workers that sent a heartbeat in the last day.
package struct Fleet: Sendable, Equatable {
    /// How many workers there are in a state: running, lost or stopped.
    package struct Count: RowDecodable, Equatable {
        package let state: String
        package let workers: Int

        package init(row: Row) throws {
            state = try row.get("state")
            workers = try row.get("workers")
        }

        package static let read = Read(
            """
            select state, count(*) as workers
            from github_sync.github_fleet
            where heartbeat_at >= now() - interval '1 day'
            group by state
            order by array_position(array['running', 'lost', 'stopped'], state)
            """,
            as: Count.self
        )
    }

    /// The first 50: running ones, then lost, then stopped ones, each with the newest heartbeat first.
    package let workers: [FleetWorker]
    /// All of them, in the same order of states.
    package let counts: [Count]

    package var total: Int { counts.reduce(0) { $0 + $1.workers } }

    package var stopped: Int { counts.first { $0.state == "stopped" }?.workers ?? 0 }

    /// `12 running, 1 lost`.
    package var summary: String { counts.map { "\($0.workers) \($0.state)" }.joined(separator: ", ") }
}

/// A worker process as its heartbeats show it.
package struct FleetWorker: RowDecodable, Equatable {
    package let id: String
    package let state: String
    package let version: String
    package let concurrency: Int
    package let processing: Int
    package let startedAt: Timestamp
    package let heartbeatAt: Timestamp

    package init(row: Row) throws {
        id = try row.get("id")
        state = try row.get("state")
        version = try row.get("version")
        concurrency = try row.get("concurrency")
        processing = try row.get("processing")
        startedAt = try row.get("started_at")
        heartbeatAt = try row.get("heartbeat_at")
    }

    package var json: JSONValue {
        .object([
            "id": .string(id),
            "state": .string(state),
            "version": .string(version),
            "concurrency": .int(concurrency),
            "processing": .int(processing),
            "started_at": .string(startedAt.description),
            "heartbeat_at": .string(heartbeatAt.description),
        ])
    }

    package static let read = Read(
        """
        select id, state, version, concurrency, processing, started_at, heartbeat_at
        from github_sync.github_fleet
        where heartbeat_at >= now() - interval '1 day'
        order by array_position(array['running', 'lost', 'stopped'], state), heartbeat_at desc
        limit 50
        """,
        as: FleetWorker.self
    )
}

extension Connection {
    package func fleet() throws -> Fleet {
        let (workers, counts) = try run(FleetWorker.read, Fleet.Count.read)
        return Fleet(workers: workers, counts: counts)
    }
}
