import Database
import TestSupport
import Testing

/// Statements without a transaction of their own commit at the end of the exchange, after each has had its result.
@Suite struct CommitFailureTests {
    private static func withDeferredKey(_ body: @Sendable (Connection) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.execute("create table public.parent (id int primary key)")
            try await connection.execute(
                "create table public.child (parent int references public.parent deferrable initially deferred)"
            )
            try await body(connection)
        }
    }

    @Test func `a commit that fails is an error, though every statement succeeded`() async throws {
        try await Self.withDeferredKey { connection async throws in
            let error = await #expect(throws: DatabaseError.self) {
                try await connection.execute("insert into public.child values (1)")
            }
            #expect(error?.sqlState == "23503")
            #expect(try await connection.number("select count(*) as n from public.child") == 0)
        }
    }

    @Test func `the connection is as good as before`() async throws {
        try await Self.withDeferredKey { connection async throws in
            let pid = try await connection.number("select pg_backend_pid() as n")
            for _ in 0..<3 { try? await connection.execute("insert into public.child values (1)") }
            #expect(try await connection.number("select pg_backend_pid() as n") == pid)
        }
    }

    @Test func `a session that ends while it commits leaves no success behind`() async throws {
        try await Self.withDeferredKey { connection async throws in
            // The check of the commit ends its own session: as when a server goes down in the middle of it.
            try await connection.runScript(
                """
                create function public.die() returns trigger language plpgsql as $$
                begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(5); return new; end $$;
                create constraint trigger die after insert on public.child deferrable initially deferred
                for each row execute function public.die()
                """,
                within: .seconds(10)
            )
            let error = await #expect(throws: DatabaseError.self) {
                try await connection.execute("insert into public.child values (null)")
            }
            #expect(error?.cause == .unavailable)
            #expect(try await connection.number("select count(*) as n from public.child") == 0)
        }
    }
}

extension Connection {
    fileprivate func number(_ query: Query) throws -> Int { try run(query)[0].get("n") }
}
