import Foundation
import Shared
import TestSupport
import Testing

/// Which refusals say that the database is away for now, rather than that the statement is wrong.
@Suite struct UnavailableTests {
    @Test(arguments: [
        ("08006", true),  // the connection failed
        ("08P01", true),  // what PgBouncer says of a server connection that broke
        ("57P01", true),  // an administrator ends the session
        ("57P02", true),  // another server process crashed
        ("57P03", true),  // starting up, or recovering
        ("57P05", true),  // idle for too long
        ("25P03", true),  // idle in a transaction for too long
        ("25006", true),  // read-only: a standby
        ("53300", true),  // too many connections
        ("57014", false),  // cancelled: this statement took too long
        ("57P04", false),  // the database was dropped
        ("42501", false), ("23505", false), ("40P01", false), ("22P05", false), ("25P02", false),
    ])
    func `a refusal is told apart by its SQLSTATE`(_ state: String, _ isUnavailable: Bool) {
        let error = DatabaseError(.rejected(sqlState: state, constraint: nil), message: "", statement: "")
        #expect(error.isUnavailable == isUnavailable)
    }

    @Test func `a connection to a host that became read-only is left for a new one`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.execute("create table public.t (n int)")
            let other = database.connection()
            // Sessions take it over when they start, as they take over which host is the primary.
            try await other.runScript(
                "alter database \(database.name) set default_transaction_read_only = on",
                within: .seconds(10)
            )
            await connection.close()
            let error = await #expect(throws: DatabaseError.self) {
                try await connection.execute("insert into public.t values (1)")
            }
            #expect(error?.sqlState == "25006")
            try await other.runScript(
                "alter database \(database.name) reset default_transaction_read_only",
                within: .seconds(10)
            )
            try await connection.execute("insert into public.t values (1)")
        }
    }

    @Test func `a session that idled in a transaction for too long is left for a new one`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let error = await #expect(throws: DatabaseError.self) {
                try await connection.transaction { connection in
                    try connection.execute("set local idle_in_transaction_session_timeout = 10")
                    usleep(300_000)  // a body that hangs
                    try connection.execute("select 1")
                }
            }
            #expect(error?.isUnavailable == true)
            try await connection.execute("select 1")
        }
    }
}
