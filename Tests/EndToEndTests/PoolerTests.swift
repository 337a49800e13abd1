import Database
import Foundation
import TestSupport
import Testing

/// Both programs behind PgBouncer in transaction mode, which gives each transaction whatever server connection is free.
@Suite(.serialized) struct PoolerTests {
    private struct Fleet: Sendable {
        let connection: Connection
        let pooled: TestDatabase
        let nodes: [IngestProgram]
        let workers: [WorkerProgram]
        let load: DeliveryLoad
    }

    private static func with(
        _ body: @Sendable (Fleet, TestPooler) async throws -> Void
    ) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(SampleRepository.rocket.id, SampleRepository.rocket.fullName)
            try await TestPooler.with(try TestEnvironment.server) { pooler in
                let pooled = TestDatabase(name: database.name, on: pooler.address)
                let settings = ["DATABASE_POOLED": "true"]
                let nodes = [try await IngestProgram(pooled, settings), try await IngestProgram(pooled, settings)]
                let workers = [try await WorkerProgram(pooled, settings), try await WorkerProgram(pooled, settings)]
                let load = DeliveryLoad(nodes)
                let fleet = Fleet(connection: connection, pooled: pooled, nodes: nodes, workers: workers, load: load)
                try await body(fleet, pooler)
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `two nodes and two workers sync each delivery once and leave nothing behind`() async throws {
        try await Self.with { fleet, _ in
            try await fleet.load.run { try await fleet.load.accept(TestEnvironment.includesFaults ? 4_000 : 300) }
            let stored = try await fleet.load.expectDoneOnce(fleet.connection)
            #expect(fleet.load.refused == [:])
            #expect(fleet.load.broken == 0)
            try await Self.stop(fleet)
            let left = try await Self.leftBehind(fleet)
            print("through PgBouncer: \(stored) deliveries, server connections looked at: \(left.count)")
            #expect(left.count == 2 * TestPooler.size)
            for connection in left { #expect(connection.isClean, "\(connection)") }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a restart of the pooler and a storm of ended server connections cost nothing`() async throws {
        try await Self.with { fleet, pooler in
            let rounds = TestEnvironment.includesFaults ? 10 : 1
            let ended = try await fleet.load.run {
                try await fleet.load.accept(50)
                var ended = 0
                for _ in 0..<rounds {
                    for _ in 0..<20 {
                        ended += try await fleet.connection.endServerConnections()
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    try await fleet.load.accept(50)
                    try await pooler.restart(after: .milliseconds(500))
                    try await fleet.load.accept(50)
                }
                return ended
            }
            let stored = try await fleet.load.expectDoneOnce(fleet.connection)
            print(
                "PgBouncer: \(rounds) restarts and \(ended) ended server connections under \(stored) deliveries;",
                "refused \(fleet.load.refused), longest time without a 202 \(fleet.load.longestGap)"
            )
            #expect(ended > 10)
            #expect(fleet.load.refused == [:])
            #expect(fleet.load.broken == 0)
            try await Self.stop(fleet)
        }
    }

    private static func stop(_ fleet: Fleet) async throws {
        for worker in fleet.workers { #expect(try await worker.stop() == 0) }
        for node in fleet.nodes { #expect(try await node.stop() == 0) }
    }

    /// What one server connection holds that its next user would inherit.
    fileprivate struct ServerConnection: Sendable {
        let pid: Int
        let statements: Int
        let channels: Int
        let locks: Int
        let settings: [String]

        var isClean: Bool { statements == 0 && channels == 0 && locks == 0 && settings.isEmpty }
    }

    /// Looks at every server connection of both programs' pools from inside.
    private static func leftBehind(_ fleet: Fleet) async throws -> [ServerConnection] {
        var found: [Int: ServerConnection] = [:]
        for role in [TestRole.ingest, .worker] {
            // All at once and each for a while, so that each is on a connection of its own.
            let looks = try await withThrowingTaskGroup(of: ServerConnection.self) { group in
                for _ in 0..<TestPooler.size {
                    let database = fleet.pooled
                    group.addTask { try await Self.lookAround(database, as: role) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for look in looks { found[look.pid] = look }
        }
        let idle: Int = try await fleet.connection.value(
            """
            select count(*) as value from pg_stat_activity
            where datname = current_database() and usename in ('test_ingest', 'test_worker') and state = 'idle'
            """
        )
        #expect(idle == found.count, "none is in a transaction")
        return Array(found.values)
    }

    /// By psql, which sets nothing: our own connections have settings in each transaction.
    ///
    /// PgBouncer itself carries some from client to server.
    private static func lookAround(_ database: TestDatabase, as role: TestRole) async throws -> ServerConnection {
        let statement = """
            select
                pg_backend_pid(), (select count(*) from pg_prepared_statements),
                (select count(*) from pg_listening_channels()),
                (select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory'),
                (
                    select string_agg(name, ' ') from pg_settings
                    where source = 'session' and lower(name) not in (
                        'application_name', 'client_encoding', 'datestyle', 'timezone', 'standard_conforming_strings'
                    )
                )
            from (select pg_sleep(0.5)) as slept
            """
        let run = try await CommandsRun.shell(
            "psql -X -At -v ON_ERROR_STOP=1 '\(database.url(as: role))' <<'END'\n\(statement)\nEND\n",
            on: database
        )
        let fields = run.output.split(separator: "|", omittingEmptySubsequences: false)
        guard run.status == 0, fields.count == 5 else { throw TestHTTP.Broken(description: run.errors) }
        let counts = fields.prefix(4).compactMap { Int($0) }
        return ServerConnection(
            pid: counts[0],
            statements: counts[1],
            channels: counts[2],
            locks: counts[3],
            settings: fields[4].split(whereSeparator: \.isWhitespace).map(String.init)
        )
    }
}

extension Connection {
    /// Ends the connections the pooler has to the server.
    fileprivate func endServerConnections() throws -> Int {
        try value(
            """
            select count(pg_terminate_backend(pid)) as value from pg_stat_activity
            where datname = current_database() and usename in ('test_ingest', 'test_worker')
            """
        )
    }
}
