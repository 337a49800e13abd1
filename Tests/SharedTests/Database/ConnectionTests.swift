import Base
import Database
import Foundation
import TestSupport
import Testing

/// The libpq layer against a real server.
@Suite struct ConnectionTests {
    @Test func `values come back as they were bound`() async throws {
        try await TestDatabase.with { database in
            let id = UUID()
            let time = try #require(Timestamp(iso: "2026-03-02T10:30:00.123456Z"))
            let values = try await database.connection().run(
                """
                select \(Int64.min) as int, \("nul is not here, ü and 🎉 are; \\ ' \" too") as text, \(true) as bool,
                    \(id) as uuid, \(time) as time, \(Bytes([0, 1, 255])) as bytes, \(-1.5) as double,
                    \(JSONText(Array(#"{"a":"\u0000"}"#.utf8))) as json, \(String?.none) as missing
                """,
                as: Everything.self
            )
            #expect(
                values == [
                    Everything(
                        int: Int64.min,
                        text: "nul is not here, ü and 🎉 are; \\ ' \" too",
                        bool: true,
                        uuid: id,
                        time: time,
                        bytes: Bytes([0, 1, 255]),
                        double: -1.5,
                        json: JSONText(Array(#"{"a":"\u0000"}"#.utf8)),
                        missing: nil
                    )
                ]
            )
        }
    }

    @Test func `arrays become rows, empty ones and nulls included`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let texts: [String?] = ["a,b", nil, "", "{\"quoted\"}"]
            let pairs = try await connection.run(
                "select n, t from unnest(\([1, 2, 3, 4]), \(texts)) as u (n, t) order by n",
                as: Pair.self
            )
            #expect(pairs.map(\.text) == texts)
            let none = try await connection.run("select n, 'x' as t from unnest(\([Int]())) as u (n)", as: Pair.self)
            #expect(none == [])
        }
    }

    @Test func `a refusal carries state, constraint and statement, and no value`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.execute(
                "create table public.t (secret text constraint only_short check (length(secret) < 3))"
            )
            let error = await #expect(throws: DatabaseError.self) {
                try await connection.execute("insert into public.t values (\("hunter2"))")
            }
            #expect(error?.kind == .rejected(sqlState: "23514", constraint: "only_short"))
            #expect(error?.statement == "insert into public.t values ($1)")
            #expect(error.map { "\($0)".contains("hunter2") } == false)
        }
    }

    @Test func `statements sent together fail together`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.execute("create table public.t (n int primary key)")
            await #expect(throws: DatabaseError.self) {
                try await connection.executeAll([
                    "insert into public.t values (1)", "insert into public.t values (1)",
                    "insert into public.t values (2)",
                ])
            }
            #expect(try await connection.count("select count(*) as n from public.t") == 0)
            try await connection.execute("insert into public.t values (3)")
            #expect(try await connection.count("select count(*) as n from public.t") == 1)
        }
    }

    @Test func `a refusal that comes with the commit is no success`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.execute("create table public.parent (id int primary key)")
            try await connection.execute(
                "create table public.child (id int references public.parent deferrable initially deferred)"
            )
            for attempt in 1...2 {
                let error = await #expect(throws: DatabaseError.self) {
                    try await connection.execute("insert into public.child values (1)")
                }
                #expect(error?.sqlState == "23503", "attempt \(attempt)")
            }
            #expect(try await connection.count("select count(*) as n from public.child") == 0)
        }
    }

    @Test func `a transaction commits as a whole or not at all`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.execute("create table public.t (n int)")
            try await connection.transaction { connection in
                try connection.execute("insert into public.t values (1)")
                try connection.execute("insert into public.t values (2)")
            }
            struct Refused: Error {}
            await #expect(throws: Refused.self) {
                try await connection.transaction { connection in
                    try connection.execute("insert into public.t values (3)")
                    throw Refused()
                }
            }
            try await connection.transaction { _ in }
            #expect(try await connection.count("select count(*) as n from public.t") == 2)
        }
    }

    @Test func `a failure that a body swallows does not look like a commit`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.execute("create table public.t (n int)")
            await #expect(throws: DatabaseError.self) {
                try await connection.transaction { connection in
                    try connection.execute("insert into public.t values (1)")
                    try? connection.execute("select 1 / 0")
                }
            }
            #expect(try await connection.count("select count(*) as n from public.t") == 0)
        }
    }

    @Test func `a broken connection is reported once and then opened again`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let pid = try await connection.count("select pg_backend_pid() as n")
            try await database.connection().terminate(pid)
            let error = await #expect(throws: DatabaseError.self) { try await connection.execute("select 1") }
            #expect(error?.cause == .unavailable)
            #expect(try await connection.count("select pg_backend_pid() as n") != pid)
        }
    }

    /// It says so in the middle of the exchange, and closes before the end of it.
    @Test func `why a server ends a session in mid-exchange is told`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let other = database.connection()
            let pid = try await connection.count("select pg_backend_pid() as n")
            let exchange = Task {
                try await connection.executeAll(["select 1", "select pg_sleep(30)", "select 2"])
            }
            let isAsleep = try await eventually {
                try await other.count(
                    "select count(*) as n from pg_stat_activity where pid = \(pid) and wait_event = 'PgSleep'"
                ) == 1
            }
            #expect(isAsleep)
            try await other.terminate(pid)
            let error = await #expect(throws: DatabaseError.self) { try await exchange.value }
            #expect(error?.sqlState == "57P01")
            #expect(try await connection.count("select pg_backend_pid() as n") != pid)
        }
    }

    @Test func `a transaction whose connection broke never goes on without one`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let other = database.connection()
            try await other.execute("create table public.t (n int)")
            let pid = try await connection.count("select pg_backend_pid() as n")
            await #expect(throws: DatabaseError.self) {
                try await connection.transaction { connection in
                    try connection.execute("insert into public.t values (1)")
                    try? connection.execute("select pg_terminate_backend(\(pid))")
                    try? connection.execute("select 1")
                    try connection.execute("insert into public.t values (2)")
                }
            }
            #expect(try await other.count("select count(*) as n from public.t") == 0)
        }
    }

    @Test func `an answer that does not come in time ends the connection`() async throws {
        try await TestDatabase.with { database async throws in
            let connection = database.connection()
            let start = ContinuousClock.now
            let error = await #expect(throws: DatabaseError.self) {
                try await connection.execute("select pg_sleep(20)", within: .milliseconds(300))
            }
            #expect(error?.kind == .timedOut)
            #expect(ContinuousClock.now - start < .seconds(15))
            #expect(try await connection.count("select 1 as n") == 1)
        }
    }

    @Test func `a statement larger than the socket's buffers goes through`() async throws {
        try await TestDatabase.with { database in
            let large = String(repeating: "x", count: 8_000_000)
            let both = try await database.connection().run("select 1 as n, \(large) as t", as: Pair.self)
            #expect(both.map(\.text?.count) == [8_000_000])
        }
    }

    @Test func `a pooled connection works without named statements`() async throws {
        try await TestDatabase.with { database async throws in
            let config = DatabaseConfig(url: Secret(database.url), applicationName: "pooled", pooled: true)
            let connection = Connection(config)
            for _ in 1...3 { #expect(try await connection.count("select \(7) as n") == 7) }
            #expect(try await connection.count("select count(*) as n from pg_prepared_statements") == 0)
            let direct = database.connection()
            for _ in 1...3 { #expect(try await direct.count("select \(7) as n") == 7) }
            #expect(try await direct.count("select count(*) as n from pg_prepared_statements") == 2)
        }
    }

    @Test func `a wrong address is an error without the password`() async throws {
        let config = DatabaseConfig(
            url: Secret("postgres://someone:hunter2@127.0.0.1:1/none"),
            applicationName: "test"
        )
        let error = await #expect(throws: DatabaseError.self) { try await Connection(config).execute("select 1") }
        #expect(error?.kind == .connectionLost)
        #expect(error.map { "\($0)".contains("hunter2") } == false)
        #expect("\(config)".contains("hunter2") == false)
    }

    @Test func `a decode error names the column and what was expected`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let error = await #expect(throws: DatabaseError.self) {
                _ = try await connection.run("select 'abc' as n, 'x' as t", as: Pair.self)
            }
            #expect(error?.kind == .decoding(column: "n", expected: "Int", found: "abc"))
            let missing = await #expect(throws: DatabaseError.self) {
                _ = try await connection.run("select 1 as other", as: Pair.self)
            }
            #expect(missing?.kind == .decoding(column: "n", expected: "a column of that name", found: "none"))
        }
    }

    @Test func `a notification wakes who listens`() async throws {
        try await TestDatabase.with { database in
            let listener = database.connection()
            try await listener.execute("listen news")
            #expect(try await listener.waitForNotification(upTo: .milliseconds(50)) == false)
            try await database.connection().execute("notify news")
            #expect(try await listener.waitForNotification(upTo: .seconds(10)))
        }
    }
}

private struct Everything: RowDecodable, Equatable {
    let int: Int64
    let text: String
    let bool: Bool
    let uuid: UUID
    let time: Timestamp
    let bytes: Bytes
    let double: Double
    let json: JSONText
    let missing: String?
}

extension Everything {
    init(row: Row) throws {
        int = try row.get("int")
        text = try row.get("text")
        bool = try row.get("bool")
        uuid = try row.get("uuid")
        time = try row.get("time")
        bytes = try row.get("bytes")
        double = try row.get("double")
        json = try row.get("json")
        missing = try row.getIfPresent("missing")
    }
}

private struct Pair: RowDecodable, Equatable {
    let number: Int
    let text: String?

    init(row: Row) throws {
        number = try row.get("n")
        text = try row.getIfPresent("t")
    }
}

extension Connection {
    fileprivate func count(_ query: Query) throws -> Int { try run(query)[0].get("n") }

    fileprivate func executeAll(_ queries: [Query]) throws { try run(queries) }

    fileprivate func execute(_ query: Query, within limit: Duration) throws { try run(query, within: limit) }

    fileprivate func terminate(_ pid: Int) throws { try run("select pg_terminate_backend(\(pid)::int, 5000)") }
}
