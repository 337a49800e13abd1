import Foundation
import Shared

@main
enum Main {
    static func main() async throws {
        let environment = Environment(ProcessInfo.processInfo.environment)
        let log = try environment.log(onTerminal: false)
        let config = try WorkerConfig(environment)
        if CommandLine.arguments.dropFirst().first == "migrate" {
            for name in try await Connection(config.database).migrate(Migration.all(), report: { _ in }) { print(name) }
            return
        }
        try await Signals.cancelling { try await WorkerProcess.run(config, log: log) }
    }
}
