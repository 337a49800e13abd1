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
        case ["manual"]: print(Usage.page.lines.joined(separator: "\n"))
        case ["version"], ["--version"]: print(Version.line(of: "plane-ingest"))
        case let words:
            let near = ["help", "version", "manual", "--help", "--version"].suggestion(for: words[0])
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
