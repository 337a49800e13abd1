import TestSupport
import Testing

@testable import Database

/// Reads that share a round trip, against a real server.
@Suite struct ReadTests {
    @Test func `each answer comes back where it was asked, with its own type`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let numbers = Read("select n from generate_series(1, 3) as g (n) order by n") { rows in
                try rows.map { try $0.get("n", as: Int.self) }
            }
            let text = Read("select 'x' as t where false") { rows in
                try rows.first.map { try $0.get("t", as: String.self) }
            }
            let (first, known, second, none) = try await connection.run(
                numbers,
                Read(known: 7),
                Read("select \(41) + 1 as n") { try $0[0].get("n", as: Int.self) },
                text,
                after: ["set application_name = 'asked first'", "select 99 as n"]
            )
            #expect(first == [1, 2, 3])
            #expect(known == 7)
            #expect(second == 42)
            #expect(none == nil)
        }
    }

    @Test func `a name is quoted, whatever it contains`() async throws {
        let query: Query = "select \(1) as \(identifier: "odd\" name")"
        #expect(query.sql == #"select $1 as "odd"" name""#)
        let table: Query = "select from \(identifier: "github_sync", "events")"
        #expect(table.sql == #"select from "github_sync"."events""#)
        try await TestDatabase.with { database in
            let named = Read(query) { try $0[0].get("odd\" name", as: Int.self) }
            let value = try await database.connection().run(named)
            #expect(value == 1)
        }
    }
}
