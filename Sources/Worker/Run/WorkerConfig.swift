import Shared

/// PLACEHOLDER, dropped at the merge.
struct WorkerConfig: Sendable {
    let database: DatabaseConfig

    init(_ environment: Environment) throws(Environment.Problem) {
        database = try environment.database(applicationName: "plane-worker")
    }
}
