import Base
import Database
import JSON

/// A plane-ingest process as its heartbeats show it.
package struct IngestNode: Sendable, Equatable, RowDecodable {
    /// Deliveries that it refused since its start, for one reason.
    package struct Refusal: Sendable, Equatable {
        /// Such as `unauthorized` or `not_connected`.
        package let reason: String
        package let count: Int
        package let last: Timestamp
    }

    /// A repository whose deliveries came, signed, while no project followed it.
    package struct UnknownRepository: Sendable, Equatable {
        /// `owner/name`.
        package let name: String
        package let count: Int
        package let last: Timestamp

        /// What an operator copies to have a project follow it.
        package var connectLine: String {
            "plane-worker connect --workspace SLUG --project IDENTIFIER --repository \(name)"
        }
    }

    package let id: String
    /// running, lost or stopped.
    package let state: String
    package let version: String
    package let host: String
    package let listen: String
    /// Tells its secrets from those of another; nil from an older program.
    package let secretPrints: String?
    package let startedAt: Timestamp
    package let heartbeatAt: Timestamp
    /// Deliveries that wait on its disk; nil without a spool.
    package let spooled: Int?
    package let isSpooling: Bool
    package let refusals: [Refusal]
    /// The last seen first.
    package let unknown: [UnknownRepository]

    package init(row: Row) throws {
        struct Tally: Decodable {
            let name: String?
            let count: Int
            let age: Double
        }
        id = try row.get("id")
        state = try row.get("state")
        version = try row.get("version")
        host = try row.get("host")
        listen = try row.get("listen")
        secretPrints = try row.getIfPresent("secret_prints")
        startedAt = try row.get("started_at")
        let heartbeat: Timestamp = try row.get("heartbeat_at")
        heartbeatAt = heartbeat
        spooled = try row.getIfPresent("spool_records")
        isSpooling = try row.getIfPresent("spool_in_use") ?? false
        // An older program tells of neither.
        let reasons: [String: Tally] = try row.getJSONIfPresent("refusals") ?? [:]
        let repositories: [Tally] = try row.getJSONIfPresent("unknown_repositories") ?? []
        func time(_ tally: Tally) -> Timestamp {
            Timestamp(microseconds: heartbeat.microseconds - Int64(min(tally.age, 1e9) * 1_000_000))
        }
        refusals = reasons.map { Refusal(reason: $0.key, count: $0.value.count, last: time($0.value)) }
            .sorted { $0.reason < $1.reason }
        unknown = repositories.compactMap { tally in
            tally.name.map { UnknownRepository(name: $0, count: tally.count, last: time(tally)) }
        }
    }

    package var json: JSONValue {
        .object([
            "id": .string(id), "state": .string(state), "version": .string(version), "listen": .string(listen),
            "started_at": .string(startedAt.description), "heartbeat_at": .string(heartbeatAt.description),
            "spool_records": .optional(spooled), "spool_in_use": .bool(isSpooling),
            "refusals": .array(
                refusals.map {
                    .object([
                        "reason": .string($0.reason), "count": .int($0.count), "last": .string($0.last.description),
                    ])
                }
            ),
            "unknown_repositories": .array(
                unknown.map {
                    .object([
                        "repository": .string($0.name), "count": .int($0.count), "last": .string($0.last.description),
                    ])
                }
            ),
        ])
    }

    /// Those of the last day, the first 50: running ones, then lost, then stopped ones.
    package static let read = Read(
        """
        select id, state, version, host, listen, started_at, heartbeat_at, spool_records, spool_in_use, refusals,
            unknown_repositories, secret_prints
        from github_sync.github_ingest_fleet
        where heartbeat_at >= now() - interval '1 day'
        order by array_position(array['running', 'lost', 'stopped'], state), heartbeat_at desc
        limit 50
        """,
        as: IngestNode.self
    )
}

extension [IngestNode] {
    /// Those that listen at one address of one host with different secrets: a delivery reaches either by chance.
    package var rivals: [[IngestNode]] {
        Dictionary(grouping: self) { [$0.host, $0.listen] }.values
            .filter { Set($0.compactMap(\.secretPrints)).count > 1 }
            .sorted { $0[0].id < $1[0].id }
    }

    /// What all of them refused, by reason.
    package var refusals: [IngestNode.Refusal] {
        Dictionary(grouping: flatMap(\.refusals), by: \.reason).map { reason, found in
            IngestNode.Refusal(
                reason: reason,
                count: found.reduce(0) { $0 + $1.count },
                last: found.map(\.last).max() ?? Timestamp(microseconds: 0)
            )
        }.sorted { $0.reason < $1.reason }
    }

    /// The repositories that nobody follows, of all of them, the last seen first.
    package var unknownRepositories: [IngestNode.UnknownRepository] {
        Dictionary(grouping: flatMap(\.unknown), by: \.name).map { name, found in
            IngestNode.UnknownRepository(
                name: name,
                count: found.reduce(0) { $0 + $1.count },
                last: found.map(\.last).max() ?? Timestamp(microseconds: 0)
            )
        }.sorted { ($1.last, $0.name) < ($0.last, $1.name) }
    }
}

extension Connection {
    package func ingestNodes() throws -> [IngestNode] { try run(IngestNode.read) }
}
