import Base
import Database
import JSON

/// A plane-ingest process as its heartbeats show it.
package struct IngestNode: Sendable, Equatable, RowDecodable {
    /// Who sent, correctly signed, what became no event.
    package struct Sender: Sendable, Equatable {
        /// `owner/name` of a repository, or the login of an organization.
        package let name: String
        package let count: Int
        package let last: Timestamp
        /// Whether a project follows it; nil of an organization.
        package let isFollowed: Bool?

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
    /// Repositories whose deliveries came while no project followed them, the last seen first.
    package let unknown: [Sender]
    /// Whose webhooks sent a ping, the last seen first.
    package let pings: [Sender]

    package init(row: Row) throws {
        struct Tally: Decodable {
            let name: String?
            let count: Int
            let age: Double
            let followed: Bool?
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
        // An older program does not tell of all three.
        let reasons: [String: Tally] = try row.getJSONIfPresent("refusals") ?? [:]
        let repositories: [Tally] = try row.getJSONIfPresent("unknown_repositories") ?? []
        let webhooks: [Tally] = try row.getJSONIfPresent("pings") ?? []
        func time(_ tally: Tally) -> Timestamp {
            Timestamp(microseconds: heartbeat.microseconds - Int64(min(tally.age, 1e9) * 1_000_000))
        }
        refusals = reasons.map { Refusal(reason: $0.key, count: $0.value.count, last: time($0.value)) }
            .sorted { $0.reason < $1.reason }
        func sender(_ tally: Tally, isFollowed: Bool?) -> Sender? {
            tally.name.map { Sender(name: $0, count: tally.count, last: time(tally), isFollowed: isFollowed) }
        }
        unknown = repositories.compactMap { sender($0, isFollowed: false) }
        pings = webhooks.compactMap { sender($0, isFollowed: $0.followed) }
    }

    package var json: JSONValue {
        .object([
            "id": .string(id), "state": .string(state), "version": .string(version), "listen": .string(listen),
            "started_at": .string(startedAt.description), "heartbeat_at": .string(heartbeatAt.description),
            "spool_records": .optional(spooled), "spool_in_use": .bool(isSpooling),
            "refusals": .array(refusals.map(\.json)),
            "unknown_repositories": .array(
                unknown.map {
                    .object([
                        "repository": .string($0.name), "count": .int($0.count), "last": .string($0.last.description),
                    ])
                }
            ),
            "pings": .array(
                pings.map {
                    .object([
                        "sender": .string($0.name), "count": .int($0.count), "last": .string($0.last.description),
                        "followed": $0.isFollowed.map(JSONValue.bool) ?? .null,
                    ])
                }
            ),
        ])
    }

    /// Those of the last day, the first 50: running ones, then lost, then stopped ones.
    package static let read = Read(
        """
        select id, state, version, host, listen, started_at, heartbeat_at, spool_records, spool_in_use, refusals,
            unknown_repositories, pings, secret_prints
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
    package var refusals: [Refusal] {
        Dictionary(grouping: flatMap(\.refusals), by: \.reason).map { reason, found in
            Refusal(
                reason: reason,
                count: found.reduce(0) { $0 + $1.count },
                last: found.map(\.last).max() ?? Timestamp(microseconds: 0)
            )
        }.sorted { $0.reason < $1.reason }
    }

    /// The repositories that nobody follows, of all of them, the last seen first.
    package var unknownRepositories: [IngestNode.Sender] { Self.merged(flatMap(\.unknown)) }

    /// Whose webhooks sent a ping, of all of them, the last seen first.
    package var pings: [IngestNode.Sender] { Self.merged(flatMap(\.pings)) }

    /// One for each name; whether it is followed is as the node knows that heard of it last.
    private static func merged(_ senders: [IngestNode.Sender]) -> [IngestNode.Sender] {
        Dictionary(grouping: senders, by: \.name).compactMap { name, found in
            found.max { $0.last < $1.last }.map { newest in
                IngestNode.Sender(
                    name: name,
                    count: found.reduce(0) { $0 + $1.count },
                    last: newest.last,
                    isFollowed: newest.isFollowed
                )
            }
        }.sorted { ($1.last, $0.name) < ($0.last, $1.name) }
    }
}

extension Connection {
    package func ingestNodes() throws -> [IngestNode] { try run(IngestNode.read) }
}
