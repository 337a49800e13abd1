import Base
import Database
import TestSupport

extension Connection {
    /// The cluster's own database, from which others can be closed and opened.
    static var maintenance: Connection {
        get throws {
            Connection(DatabaseConfig(url: Secret(try TestEnvironment.databaseURL), applicationName: "test"))
        }
    }

    /// Lets nobody in and throws everybody out, or lets them in again.
    func setAvailable(_ isAvailable: Bool, _ database: String) throws {
        try runScript("alter database \(database) allow_connections \(isAvailable)", within: .seconds(10))
        guard !isAvailable else { return }
        try run("select pg_terminate_backend(pid) from pg_stat_activity where datname = \(database)")
    }
}
