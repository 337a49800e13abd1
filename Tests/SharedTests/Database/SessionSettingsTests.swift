import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database

/// What a connection has set, whatever its address wants.
@Suite struct SessionSettingsTests {
    private static let ours = [
        "search_path": "pg_catalog", "DateStyle": "ISO, YMD", "IntervalStyle": "postgres", "TimeZone": "UTC",
        "bytea_output": "hex", "extra_float_digits": "1", "standard_conforming_strings": "on",
        "quote_all_identifiers": "off", "client_encoding": "UTF8", "transaction_isolation": "read committed",
        "statement_timeout": "30s", "lock_timeout": "0", "idle_in_transaction_session_timeout": "1min",
        "idle_session_timeout": "0", "exit_on_error": "off", "jit": "off",
    ]

    private static let theirs = """
        options=-c%20search_path%3Dnowhere%20-c%20DateStyle%3DGerman%20-c%20TimeZone%3DAsia/Kathmandu\
        %20-c%20work_mem%3D5MB%20-c%20default_transaction_isolation%3Dserializable%20-c%20bytea_output%3Descape\
        %20-c%20statement_timeout%3D7s%20-c%20lock_timeout%3D7s%20-c%20client_encoding%3DLATIN1\
        %20-c%20exit_on_error%3Don
        """

    @Test(arguments: [false, true])
    func `ours win, and the user's others stay`(_ isPooled: Bool) async throws {
        try await TestDatabase.with { database in
            // A session that begins as the user wants it, as one of a pooler does: each transaction sets its own.
            let url = Secret("\(database.url)?\(Self.theirs)")
            let connection = Connection(DatabaseConfig(url: url, applicationName: "test", pooled: isPooled))
            for _ in 0..<2 {
                let inOne = try await connection.settings()
                #expect(inOne.merging(Self.ours) { $1 } == inOne)
                let inTransaction = try await connection.transaction { connection in
                    try connection.run("select 1")
                    return try connection.settings()
                }
                #expect(inTransaction.merging(Self.ours) { $1 } == inTransaction)
                #expect(inOne["work_mem"] == "5MB")
            }
        }
    }

    @Test func `a setting that only newer servers know is set there alone`() {
        let settings = SessionSettings(DatabaseConfig(url: Secret(""), applicationName: "test"))
        let newer = settings.statement(isLocal: true, onVersion: 170_000).sql
        #expect(newer.contains("set_config('transaction_timeout', '0', true)"))
        #expect(!settings.statement(isLocal: true, onVersion: 160_009).sql.contains("transaction_timeout"))
    }

    @Test func `an error in a statement of its own leaves a pooled connection usable`() async throws {
        try await TestDatabase.with { database in
            let connection = Connection(
                DatabaseConfig(url: Secret(database.url), applicationName: "test", pooled: true)
            )
            try await connection.execute("create table public.t (n int primary key deferrable initially deferred)")
            try await connection.execute("insert into public.t values (1)")
            for (statement, state) in [("select 1/0", "22012"), ("insert into public.t values (1)", "23505")] {
                let error = await #expect(throws: DatabaseError.self) {
                    try await connection.execute(Query(unescapedTextOfOurOwn: statement))
                }
                #expect(error?.sqlState == state)
                #expect(try await connection.settings()["search_path"] == "pg_catalog")
            }
        }
    }
}

extension Connection {
    fileprivate func settings() throws -> [String: String] {
        let rows = try run("select name, current_setting(name) as value from pg_settings")
        return try rows.reduce(into: [:]) { $0[try $1.get("name")] = try $1.get("value") }
    }
}
