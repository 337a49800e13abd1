import Base
import Foundation
import HTTP

@main
enum Main {
    static func main() async {
        Memory.keepOpenSSL()
        Memory.returnLargeBlocks()
        switch CommandLine.words {
        case []: await serve()
        case ["help"], ["--help"], ["-h"]: print(Usage.text)
        case ["version"], ["--version"]: print("plane-ingest \(Version.current)")
        case let words:
            let near = ["help", "version", "--help", "--version"].suggestion(for: words[0])
            fail("unknown argument '\(words[0])'\(near.isEmpty ? ", expected help or version" : near)", status: 2)
        }
    }

    private static func serve() async {
        do {
            let values = ProcessInfo.processInfo.environment
            let environment = Environment(values)
            let log = try environment.serviceLog(onTerminal: isatty(STDERR_FILENO) == 1, help: [Usage.text])
            let config = try IngestConfig(values, processors: ProcessInfo.processInfo.activeProcessorCount)
            for name in config.secrets.weak {
                log(.warning, "a webhook secret is so short or regular that it can be found by trying", [.reason: name])
            }
            let socket = try InheritedSocket(environment)
            let notifier = try ServiceNotifier(environment, log: log)
            do {
                let server = try IngestServer(config, socket: socket, notifier: notifier, log: log)
                try await Signals.cancelling(onSecond: { server.stopAtOnce() }) { try await server.run() }
                log(.info, "stopped")
            } catch let error as HTTPServerError where error.isAddressInUse {
                log(
                    .error,
                    "cannot go on: set INGEST_LISTEN, or INGEST_SHARE_ADDRESS=true beside one of the same user",
                    error: error
                )
                exit(1)
            } catch {
                log(.error, "cannot go on", error: error)
                exit(1)
            }
        } catch {
            fail("\(error)", status: 2)
        }
    }

    private static func fail(_ message: String, status: Int32) -> Never {
        FileHandle.standardError.write(Data("plane-ingest: \(message)\n".utf8))
        exit(status)
    }
}

/// What `plane-ingest --help` prints.
enum Usage {
    static let text = """
        plane-ingest takes in GitHub webhooks and queues them in PostgreSQL for plane-worker.

          plane-ingest            serve until SIGTERM or SIGINT
          plane-ingest help       print this, as do --help and -h
          plane-ingest version    print the version, as does --version

        Point GitHub's webhook at \(Endpoint.webhookPath)/ (content type JSON or form), and Plane's
        at \(Endpoint.wakePath)/.
        /healthz, /readyz and /metrics are for those who run it.

        Settings, all by environment variables:

          DATABASE_URL                  PostgreSQL with Plane's tables and ours, any libpq URL or keywords
          DATABASE_POOLED               true behind a pooler in transaction mode (false)
          GITHUB_WEBHOOK_SECRET         secret of the webhook; several, separated by commas or newlines,
                                        while they are being changed
          GITHUB_WEBHOOK_SECRET_FILE    file with one secret per line, in addition
          GITHUB_WEBHOOK_SECRET_<SOURCE>, GITHUB_WEBHOOK_SECRET_<SOURCE>_FILE
                                        the same for \(Endpoint.webhookPath)/<source>/; the name in upper
                                        case with _ for -: ACME_CORP is acme-corp. No source can be called
                                        file or end in -file
          PLANE_WEBHOOK_SECRET          secret of Plane's webhook; several, separated by commas or newlines
          PLANE_WEBHOOK_SECRET_FILE     file with one secret per line, in addition. Without either there is
                                        nothing at \(Endpoint.wakePath)/
          ALLOW_UNSIGNED_WEBHOOKS       true takes in what anybody sends, where there is no secret (false)
          INGEST_LISTEN                 numeric address and port, where the service manager hands over no
                                        socket (127.0.0.1:8080)
          INGEST_SHARE_ADDRESS          true listens there although another plane-ingest of the same user does
                                        (false)
          INGEST_LOOPS                  threads that serve connections (one per processor)
          INGEST_WRITERS                database connections that store deliveries (2)
          INGEST_MAX_CONNECTIONS        open connections in all (10000)
          INGEST_MAX_CONNECTIONS_PER_ADDRESS
                                        of one IPv4 address or IPv6 /64 (256)
          TRUSTED_PROXIES               addresses and ranges whose X-Forwarded-For is believed (none)
          INGEST_MAX_BYTES_IN_FLIGHT    bytes of verified deliveries in hand, then 503 (67108864); half as many
                                        again may be on their way
          INGEST_REPOSITORY_CACHE       seconds to remember which repositories are connected (5)
          INGEST_STORE_SECONDS          how long a delivery waits for the database, then 503 (8)
          INGEST_SPOOL_DIR              directory for deliveries while the database does not answer; made if
                                        missing, of one process and its user only (none: they get 503)
          INGEST_SPOOL_MAX_BYTES        what it may hold, then 503 (1073741824)
          INGEST_SPOOL_AFTER            seconds the database may leave a delivery unanswered before it goes
                                        there (2, at most half of INGEST_STORE_SECONDS)
          INGEST_DRAIN_SECONDS          how long SIGTERM waits for what is in hand (10)
          LOG_LEVEL                     debug, info, warning, error (info)
          LOG_FORMAT                    json, text (json, on a terminal text)

        Exit status: 0 after a signal, 1 when it cannot work, 2 when a setting cannot be used.
        """
}
