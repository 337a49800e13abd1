import Base
import Foundation
import Migrations

extension Connection {
    /// Applies the migrations this database has not seen, in order, and returns their names.
    ///
    /// Several hosts may do it at once: an advisory lock lets one in at a time, and the others find nothing left.
    /// `waiting` hears of one that waits for a lock on a table, `report` of each that was applied.
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
    /// Behind one that waits for a lock everybody else waits for the same table. So it gives up after two seconds, lets them
    /// by, and comes again, for ten minutes.
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

    /// Takes on the role that owns our schema for the rest of the transaction, if we are a member of it: what a
    /// migration makes belongs to the group, whoever runs it.
    private func becomeOwner() throws {
        try run(
            """
            select set_config('role', pg_get_userbyid(nspowner), true) from pg_namespace
            where nspname = 'github_sync' and pg_has_role(nspowner, 'member')
            """
        )
    }

    /// Refuses a database this program cannot work with.
    /// - Throws: `SchemaProblem` with the one line an operator needs.
    package func checkSchema(_ migrations: [Migration], rights: ProgramRights? = nil) throws {
        do {
            try compareSchema(migrations)
            if let rights { try checkRights(rights) }
        } catch let error as DatabaseError where error.sqlState == "42501" {
            let role: String = try run("select current_user::text as role")[0].get("role")
            throw SchemaProblem.forbidden(role: role, what: error.message)
        }
    }

    private func compareSchema(_ migrations: [Migration]) throws {
        let exists: Bool = try run("select to_regclass('github_sync.schema_migrations') is not null as there")[0]
            .get("there")
        let applied = exists ? try appliedMigrations() : [:]
        let missing = migrations.map(\.name).filter { applied[$0] == nil }
        guard missing.isEmpty else { throw SchemaProblem.behind(missing: missing) }
        for migration in migrations where applied[migration.name]?.checksum != migration.checksum {
            throw SchemaProblem.changed(migration: migration.name)
        }
        let needed = applied.values.map(\.oldestProgram).max() ?? .current
        guard needed <= .current else { throw SchemaProblem.programTooOld(needs: needed) }
        try checkPlane()
    }

    /// Plane from v1.2.2: 0109 gave comments their description row, 0117 renamed issues.description.
    private func checkPlane() throws {
        let there: Bool = try run("select to_regclass('public.django_migrations') is not null as there")[0].get("there")
        guard there else { throw SchemaProblem.unknownPlane }
        let row = try run(
            """
            select count(*) = 2 as known from public.django_migrations
            where app = 'db' and name in (
                '0109_issuecomment_description_and_parent_id',
                '0117_rename_description_draftissue_description_json_and_more'
            )
            """
        )[0]
        guard try row.get("known") else { throw SchemaProblem.unknownPlane }
    }

    private func appliedMigrations() throws -> [String: (checksum: String, oldestProgram: Version)] {
        let rows = try run("select name, checksum, oldest_program from github_sync.schema_migrations")
        return try rows.reduce(into: [:]) { applied, row in
            let version: String = try row.get("oldest_program")
            let name: String = try row.get("name")
            applied[name] = (try row.get("checksum"), Version(version) ?? .current)
        }
    }
}
