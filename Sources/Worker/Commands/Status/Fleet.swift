import Base
import Database
import JSON

/// The workers that sent a heartbeat in the last day.
struct Fleet: Sendable, Equatable {
    /// How many workers there are in a state: running, lost or stopped.
    struct Count: RowDecodable, Equatable {
        let state: String
        let workers: Int

        init(row: Row) throws {
            state = try row.get("state")
            workers = try row.get("workers")
        }

        static let read = Read(
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
    let workers: [FleetWorker]
    /// All of them, in the same order of states.
    let counts: [Count]

    var total: Int { counts.reduce(0) { $0 + $1.workers } }

    /// `12 running, 1 lost`.
    var summary: String { counts.map { "\($0.workers) \($0.state)" }.joined(separator: ", ") }
}

/// A worker process as its heartbeats show it.
struct FleetWorker: RowDecodable, Equatable {
    let id: String
    let state: String
    let version: String
    let concurrency: Int
    let processing: Int
    let startedAt: Timestamp
    let heartbeatAt: Timestamp

    init(row: Row) throws {
        id = try row.get("id")
        state = try row.get("state")
        version = try row.get("version")
        concurrency = try row.get("concurrency")
        processing = try row.get("processing")
        startedAt = try row.get("started_at")
        heartbeatAt = try row.get("heartbeat_at")
    }

    var json: JSONValue {
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

    static let read = Read(
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
    func fleet() throws -> Fleet {
        let (workers, counts) = try run(FleetWorker.read, Fleet.Count.read)
        return Fleet(workers: workers, counts: counts)
    }
}
