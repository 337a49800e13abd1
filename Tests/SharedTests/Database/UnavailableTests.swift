import Database
import Foundation
import TestSupport
import Testing

/// Connections that are of no further use, and are left for new ones.
@Suite struct UnavailableTests {
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

    /// Even where the server's last words are lost: it had closed the connection before it was asked again.
    @Test func `a session that idled in a transaction for too long is left for a new one`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let error = await #expect(throws: DatabaseError.self) {
                try await connection.transaction { connection in
                    try connection.execute("set local idle_in_transaction_session_timeout = '5s'")
                    usleep(5_500_000)  // a body that hangs
                    try connection.execute("select 1")
                }
            }
            #expect(error?.cause == .timeout)
            try await connection.execute("select 1")
        }
    }
}
