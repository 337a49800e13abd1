import Database
import Foundation

/// A primary and its streaming standby; a test may end the one and promote the other.
package final class TestStandby: Sendable {
    private let primary: TestCluster
    private let standby: TestCluster

    /// How a primary goes.
    package enum End: Sendable {
        /// Every process of it is gone at once, as after a crash.
        case crash
        /// It still takes connections and answers nothing, as a machine that hangs.
        case freeze
    }

    /// Runs `body` with both and ends them afterwards, whatever happens.
    package static func with<Value: Sendable>(
        _ body: @Sendable (TestStandby) async throws -> Value
    ) async throws -> Value {
        try await TestCluster.with { primary in
            let standby = try await TestCluster(
                of: TestCluster.superuser(port: primary.port),
                ["--write-recovery-conf"]
            )
            do {
                let value = try await body(TestStandby(primary: primary, standby: standby))
                try await standby.remove()
                return value
            } catch {
                try await standby.remove()
                throw error
            }
        }
    }

    private init(primary: TestCluster, standby: TestCluster) {
        self.primary = primary
        self.standby = standby
    }

    /// The template of the test databases, as it is on whichever of the two takes writes.
    package func database(standbyFirst: Bool = false) throws -> TestDatabase {
        let hosts = [primary.port, standby.port].map { "127.0.0.1:\($0)" }
        let server = try TestEnvironment.server.at(
            (standbyFirst ? hosts.reversed() : hosts).joined(separator: ","),
            options: "target_session_attrs=read-write"
        )
        return TestDatabase(name: TestEnvironment.template, on: server)
    }

    /// From now on a commit waits until the standby has applied it.
    package func commitOnBoth() async throws {
        let connection = try primary.superuser()
        try await connection.configure("synchronous_commit = 'remote_apply'")
        try await connection.configure("synchronous_standby_names = '*'")
        let isSynchronous = try await eventually {
            try await connection.holds(
                "select exists (select from pg_stat_replication where sync_state = 'sync') as it"
            )
        }
        guard isSynchronous else { throw ServerUser.Failure(description: "the standby does not follow") }
    }

    /// Lets the standby fall behind: what the primary commits from now on does not reach it.
    package func stopFollowing() async throws {
        try await standby.superuser().configure("primary_conninfo = ''")
        let connection = try primary.superuser()
        let isAlone = try await eventually {
            try await connection.holds("select not exists (select from pg_stat_replication) as it")
        }
        guard isAlone else { throw ServerUser.Failure(description: "the standby still follows") }
    }

    /// Turns the primary into a server that takes no writes, or back.
    package func setReadOnly(_ isReadOnly: Bool) async throws {
        try await primary.superuser().configure("default_transaction_read_only = \(isReadOnly ? "on" : "off")")
    }

    package func end(_ how: End) async throws {
        switch how {
        case .crash: try await primary.stop(.immediate)
        case .freeze: primary.setFrozen(true)
        }
    }

    /// Makes the standby a primary, and returns when it takes writes.
    package func promote() async throws {
        try await standby.superuser().execute("select pg_promote()")
    }
}

extension Connection {
    // Settings cannot be bound; these come from the test itself.
    fileprivate func configure(_ setting: String) throws {
        try runScript("alter system set \(setting)", within: .seconds(10))
        try run("select pg_reload_conf()")
    }

    fileprivate func holds(_ query: Query) throws -> Bool { try run(query)[0].get("it") }
}
