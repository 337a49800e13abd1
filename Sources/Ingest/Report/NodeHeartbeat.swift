import Base
import Database
import Deliveries
import Foundation
import Spool

/// What a heartbeat says of the node's spool.
struct SpoolReport: Sendable, Equatable {
    let records: Int
    let bytes: Int
    /// Of the delivery received first, in seconds; nil when there is none.
    let oldestAge: Double?
    let isInUse: Bool
}

extension SpoolReport {
    init(_ spool: SpoolRoute) {
        let numbers = spool.contents.numbers
        records = spool.contents.records
        bytes = numbers.bytes
        oldestAge = numbers.oldest.map { max(0, Date().timeIntervalSince($0)) }
        isInUse = spool.breaker.isOpen
    }
}

/// Tells the database regularly that this process runs, for the view `github_ingest_fleet`.
///
/// No delivery waits for it, and a heartbeat that fails is made up for by the next.
struct NodeHeartbeat: Sendable {
    private static let pause = Duration.seconds(15)

    let process: ProcessIdentity
    /// Where it listens.
    let address: String
    /// See `WebhookSecrets.prints`.
    let secretPrints: String
    /// Nil without a spool.
    let spool: SpoolRoute?
    let tally: NodeTally
    let log: Log

    /// Reports until the task is cancelled, then that the process has stopped.
    func run(_ connection: Connection) async {
        let limitedLog = LimitedLog(log, pause: .seconds(3600))
        var isKnown = false
        repeat {
            do {
                try await connection.report(
                    process,
                    listen: address,
                    secretPrints: secretPrints,
                    spool: spool.map(SpoolReport.init),
                    tally: tally
                )
                isKnown = true
            } catch {
                isKnown = false
                // A database that is away shows elsewhere; a right that is missing only here.
                if (error as? DatabaseError)?.cause != .unavailable {
                    limitedLog(.warning, "the fleet cannot show this node", reason: "report", [.error: "\(error)"])
                }
            }
        } while (try? await Task.sleep(for: Self.pause)) != nil
        // Where the last heartbeat failed, this would only hold up the stop.
        if isKnown { try? await connection.signOff(process) }
    }
}

extension Connection {
    /// The times are the server's: a node's clock may be off.
    ///
    /// Which of the repositories are followed is looked up first, because whoever only monitors may not read that of Plane.
    ///
    /// The update binds the values once more instead of reading `excluded`: to read a column takes a right that the role of
    /// plane-ingest does not have.
    func report(
        _ process: ProcessIdentity,
        listen: String,
        secretPrints: String,
        spool: SpoolReport?,
        tally: NodeTally
    ) throws {
        let repositories = tally.repositories
        let connections = repositories.isEmpty ? [:] : try connections(of: repositories, within: .seconds(2))
        tally.forgetUnknown(connections)
        let (reasons, unknown, pings) = (tally.refusals(), tally.unknownRepositories(), tally.pings(connections))
        try run(
            """
            insert into github_sync.github_ingest_nodes (
                id, host, process_id, version, listen, spool_records, spool_bytes, spool_oldest_at, spool_in_use,
                refusals, unknown_repositories, pings, secret_prints
            )
            values (
                \(process.id), \(process.host), \(process.processID),
                \(Version.current.description), \(listen), \(spool?.records), \(spool?.bytes),
                now() - make_interval(secs => \(spool?.oldestAge)),
                \(spool?.isInUse), \(reasons)::jsonb, \(unknown)::jsonb, \(pings)::jsonb, \(secretPrints)
            )
            on conflict (id) do update
            set heartbeat_at = now(), spool_records = \(spool?.records), spool_bytes = \(spool?.bytes),
                spool_oldest_at = now() - make_interval(secs => \(spool?.oldestAge)),
                spool_in_use = \(spool?.isInUse), refusals = \(reasons)::jsonb,
                unknown_repositories = \(unknown)::jsonb, pings = \(pings)::jsonb
            """,
            within: .seconds(2)
        )
    }

    /// Marks an orderly end.
    func signOff(_ process: ProcessIdentity) throws {
        try run(
            "update github_sync.github_ingest_nodes set stopped_at = now() where id = \(process.id)",
            within: .seconds(1)
        )
    }
}
