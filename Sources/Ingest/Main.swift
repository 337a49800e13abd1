import Base
import Foundation
import HTTP

@main
enum Main {
    static func main() async {
        Memory.returnLargeBlocks()
        switch Array(CommandLine.arguments.dropFirst()) {
        case []: await serve()
        case ["--help"]: print(Usage.text)
        case ["--version"]: print("plane-ingest \(Version.current)")
        default: fail("plane-ingest takes --help or --version and is set up by environment variables", status: 2)
        }
    }

    private static func serve() async {
        do {
            let values = ProcessInfo.processInfo.environment
            let environment = Environment(values)
            let log = try environment.log(onTerminal: isatty(STDERR_FILENO) == 1)
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
