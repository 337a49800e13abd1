import Base
import Foundation
import Migrations

extension Connection {
    /// Applies the migrations this database has not seen, in order, and returns their names.
    ///
    /// Several hosts may do it at once: an advisory lock lets one in at a time, and the others find nothing left.
    /// `waiting` is called for a migration that waits for a lock on a table, `report` for each that was applied.
    package func migrate(
        _ migrations: [Migration],
        waiting: @Sendable (String) -> Void,
        report: @Sendable (String) -> Void
    ) throws -> [String] {
        var applied: [String] = []
        for migration in migrations where try applyBetweenOthers(migration, waiting: waiting) {
            report(migration.name)
            applied.append(migration.name)
        }
        return applied
    }

    /// Applies a migration without holding up others.
    ///
    /// Everybody else who needs a table waits behind a migration that waits for a lock on it. So it gives up after two
    /// seconds, lets the others continue, and tries again, for ten minutes.
    private func applyBetweenOthers(_ migration: Migration, waiting: (String) -> Void) throws -> Bool {
        let end = ContinuousClock.now + .seconds(600)
        var isWaiting = false
        while true {
            do {
                return try apply(migration)
            } catch let error as DatabaseError where error.isLockTimeout && ContinuousClock.now < end {
                if !isWaiting { waiting(migration.name) }
                isWaiting = true
                sleep(1)
            }
        }
    }

    /// - Returns: false when it was there already.
    private func apply(_ migration: Migration) throws -> Bool {
        try transaction { connection in
            // The key is "gsync" in ASCII: any number will do, as long as every version of the program takes the same.
            // Both the wait for another host and the migration itself may take longer than a statement should.
            try connection.run(
                [
                    "set local statement_timeout = 0", "select pg_advisory_xact_lock(444234003555)",
                    "set local lock_timeout = '2s'",
                ],
                within: .seconds(3600)
            )
            try connection.becomeOwner()
            try connection.runScript(String(decoding: Migrations.ledger, as: UTF8.self), within: .seconds(60))
            if let checksum = try connection.appliedMigrations()[migration.name]?.checksum {
                guard checksum == migration.checksum else { throw SchemaProblem.changed(migration: migration.name) }
                return false
            }
            try connection.runScript(migration.sql, within: .seconds(3600))
            try connection.run(
                """
                insert into github_sync.schema_migrations (name, checksum, oldest_program)
                values (\(migration.name), \(migration.checksum), \(migration.oldestProgram.description))
                """
            )
            return true
        }
    }

    /// Takes the role that owns our schema for the rest of the transaction, if we are a member of it, so that what a
    /// migration creates belongs to that role, whoever runs it.
    private func becomeOwner() throws {
        try run(
            """
            select set_config('role', pg_get_userbyid(nspowner), true) from pg_namespace
            where nspname = 'github_sync' and pg_has_role(nspowner, 'member')
            """
        )
    }

    /// The migrations this database has seen, by name.
    func appliedMigrations() throws -> [String: (checksum: String, oldestProgram: Version)] {
        let rows = try run("select name, checksum, oldest_program from github_sync.schema_migrations")
        return try rows.reduce(into: [:]) { applied, row in
            let version: String = try row.get("oldest_program")
            let name: String = try row.get("name")
            applied[name] = (try row.get("checksum"), Version(version) ?? .current)
        }
    }
}
