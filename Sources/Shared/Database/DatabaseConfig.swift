import Base
import CPostgres

/// Where the database is and how patient to be with it.
package struct DatabaseConfig: Sendable, Equatable {
    /// Any libpq connection URI or keyword string, several hosts included.
    package var url: Secret
    /// Shown in `pg_stat_activity`.
    package var applicationName: String
    /// True behind a pooler in transaction mode: no named prepared statements, no session settings, no LISTEN.
    package var pooled = false
    /// Never read a whole table where an index serves: a plan made while a table was empty is kept while it grows.
    package var prefersIndexes = false
    package var connectTimeout: Duration = .seconds(5)
    /// How long one statement may take: the server refuses to go on with it (57014), and the connection stays.
    package var statementTimeout: Duration = .seconds(30)
    /// How much longer we wait for the server's word before the connection is given up.
    package var patience: Duration = .seconds(5)

    package init(url: Secret, applicationName: String, pooled: Bool = false) {
        self.url = url
        self.applicationName = applicationName
        self.pooled = pooled
    }
}

extension DatabaseConfig {
    /// Whether libpq can read an address.
    ///
    /// When it cannot, its own message would quote all of it, password included.
    package static func isReadable(_ url: String) -> Bool {
        guard url.contains("=") || url.contains("://") else { return true }  // the bare name of a local database
        var message: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(url, &message)
        defer {
            PQconninfoFree(options)
            PQfreemem(message)
        }
        return options != nil
    }
}

extension Environment {
    /// `DATABASE_URL` and `DATABASE_POOLED`, which both programs share.
    package func database(applicationName: String) throws(Problem) -> DatabaseConfig {
        let url = try requiredString("DATABASE_URL", "a PostgreSQL URL such as postgres://user@host/plane")
        guard DatabaseConfig.isReadable(url) else {
            throw Problem("DATABASE_URL cannot be read, expected a PostgreSQL URL such as postgres://user@host/plane")
        }
        return DatabaseConfig(url: Secret(url), applicationName: applicationName, pooled: try flag("DATABASE_POOLED"))
    }
}
