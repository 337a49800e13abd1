import TestSupport
import Testing

@testable import Database

/// Reads that share a round trip, against a real server.
@Suite struct ReadTests {
    @Test func `each answer comes back where it was asked, with its own type`() async throws {
        try await TestDatabase.with { database in
            let answers = try await database.connection().answers()
            #expect(answers.numbers == [1, 2, 3])
            #expect(answers.known == 7)
            #expect(answers.sum == 42)
            #expect(answers.pair == [1, 99])
            #expect(answers.none == nil)
        }
    }

    @Test func `a name is quoted, whatever it contains`() async throws {
        let query: Query = "select \(1) as \(identifier: "odd\" name")"
        #expect(query.sql == #"select $1 as "odd"" name""#)
        let table: Query = "select from \(identifier: "github_sync", "events")"
        #expect(table.sql == #"select from "github_sync"."events""#)
        try await TestDatabase.with { database in
            let value = try await database.connection().oddName()
            #expect(value == 1)
        }
    }
}

private struct Answers: Sendable {
    let numbers: [Int]
    let known: Int
    let sum: Int
    let pair: [Int]
    let none: String?
}

extension Connection {
    fileprivate func answers() throws -> Answers {
        func numbers(_ query: Query) -> Read<[Int]> { Read(query) { rows in try rows.map { try $0.get("n") } } }
        let pair = Read.all(
            numbers("select 1 as n"),
            Read.running(["select 5 as n", "select 6 as n"]),
            numbers("select 99 as n")
        )
        let (first, known, sum, both, none) = try run(
            numbers("select n from generate_series(1, 3) as g (n) order by n"),
            Read(known: 7),
            numbers("select \(41) + 1 as n").map { $0[0] },
            pair.map { $0 + $2 },
            Read("select 'x' as t where false") { rows in
                try rows.first.map { try $0.get("t", as: String.self) }
            },
            after: ["set application_name = 'asked first'", "select 98 as n"]
        )
        return Answers(numbers: first, known: known, sum: sum, pair: both, none: none)
    }

    fileprivate func oddName() throws -> Int {
        try run("select \(1) as \(identifier: "odd\" name")")[0].get("odd\" name")
    }
}
