import Base
import Database
import Foundation
import GitHub
import HTTP
import Spool

/// The settings of plane-ingest, parsed once.
struct IngestConfig: Sendable {
    let listen: ListenAddress
    /// Whether another plane-ingest of the same user may listen there, too.
    let sharesAddress: Bool
    let loops: Int
    let http: HTTPLimits
    let database: DatabaseConfig
    let secrets: WebhookSecrets
    let writers: Int
    let bytesInFlight: Int
    let repositoryCache: Duration
    /// How long a delivery waits to be stored before its 503.
    let storeLimit: Duration
    let drainLimit: Duration
    let spool: SpoolConfig?

    init(_ values: [String: String], processors: Int) throws(Environment.Problem) {
        let environment = Environment(values)
        secrets = try WebhookSecrets(values)
        listen = try environment.listenAddress("INGEST_LISTEN", default: WebhookPath.defaultListen)
        sharesAddress = try environment.flag("INGEST_SHARE_ADDRESS")
        loops = try environment.int("INGEST_LOOPS", in: 1...256, default: min(max(processors, 1), 256))
        writers = try environment.int("INGEST_WRITERS", in: 1...64, default: 2)
        bytesInFlight = try environment.int(
            "INGEST_MAX_BYTES_IN_FLIGHT",
            in: ByteBudget.largestBody...(64 << 30),
            default: 64 << 20
        )
        repositoryCache = try environment.seconds("INGEST_REPOSITORY_CACHE", in: 0...300, default: .seconds(5))
        storeLimit = try environment.seconds("INGEST_STORE_SECONDS", in: 0.1...25, default: .seconds(8))
        drainLimit = try environment.seconds("INGEST_DRAIN_SECONDS", in: 0.1...300, default: .seconds(10))
        spool = try SpoolConfig(environment, storeLimit: storeLimit)
        database = try Self.database(environment, storeLimit: storeLimit)
        http = try Self.limits(environment, drainLimit: drainLimit)
    }

    /// Shorter limits than the worker's: a delivery cannot wait longer than its sender does.
    private static func database(
        _ environment: Environment,
        storeLimit: Duration
    ) throws(Environment.Problem) -> DatabaseConfig {
        var database = try environment.database(applicationName: "plane-ingest")
        database.connectTimeout = .seconds(3)
        database.statementTimeout = max(storeLimit, .seconds(1))
        return database
    }

    private static func limits(
        _ environment: Environment,
        drainLimit: Duration
    ) throws(Environment.Problem) -> HTTPLimits {
        var limits = HTTPLimits()
        // At `drainLimit` every request without an answer gets a 503; this gives the client time to read it.
        limits.drainDeadline = drainLimit + .milliseconds(500)
        limits.connections = try environment.int("INGEST_MAX_CONNECTIONS", in: 1...1_000_000, default: 10_000)
        limits.connectionsPerAddress = try environment.int(
            "INGEST_MAX_CONNECTIONS_PER_ADDRESS",
            in: 1...1_000_000,
            default: 256
        )
        limits.trustedProxies = try environment.networks("TRUSTED_PROXIES")
        return limits
    }
}
