import Shared

/// PLACEHOLDER, dropped at the merge.
enum WorkerProcess {
    static func run(_ config: WorkerConfig, log: Log) async throws {
        let connection = Connection(config.database)
        try await connection.checkSchema(Migration.all())
        log(.error, "this build cannot run")
    }
}
