import Base

/// The rights on tables that a program checks once when it starts.
///
/// These are not all rights it uses, but enough to recognize a role of another kind, or one for which `sql/roles.sql`
/// has not been run since the last upgrade.
package struct ProgramRights: Sendable {
    /// The group role of `sql/roles.sql` that has them.
    package let group: String
    /// Table with its schema, and `select`, `insert` or `update`.
    package let tables: [(name: String, privilege: String)]

    package init(group: String, tables: [(name: String, privilege: String)]) {
        self.group = group
        self.tables = tables
    }
}

extension Connection {
    /// Refuses a database this program cannot work with.
    /// - Throws: `SchemaProblem` with the one line an operator needs; `DatabaseError` of the kind `loginRefused` where
    ///   there is no use in waiting for the database.
    package func checkSchema(_ migrations: [Migration], rights: ProgramRights? = nil) throws {
        try open()
        do {
            try compareSchema(migrations)
            if let rights { try checkRights(rights) }
        } catch let error as DatabaseError where error.sqlState == "42501" {
            let role: String = try run("select current_user::text as role")[0].get("role")
            throw SchemaProblem.forbidden(role: role, what: error.message)
        }
    }

    private func compareSchema(_ migrations: [Migration]) throws {
        guard try exists("public.django_migrations") else { throw SchemaProblem.notPlane }
        let applied = try exists("github_sync.schema_migrations") ? appliedMigrations() : [:]
        let missing = migrations.map(\.name).filter { applied[$0] == nil }
        guard missing.isEmpty else { throw SchemaProblem.behind(missing: missing) }
        for migration in migrations where applied[migration.name]?.checksum != migration.checksum {
            throw SchemaProblem.changed(migration: migration.name)
        }
        let needed = applied.values.map(\.oldestProgram).max() ?? .current
        guard needed <= .current else { throw SchemaProblem.programTooOld(needs: needed) }
        guard try missingPlaneMigrations() == [] else { throw SchemaProblem.unknownPlane }
    }

    /// The migrations of Plane v1.2.2 that this database lacks; nil where it is not Plane's at all.
    ///
    /// 0109 gave comments their description row, 0117 renamed issues.description.
    package func missingPlaneMigrations() throws -> [String]? {
        guard try exists("public.django_migrations") else { return nil }
        return try run(
            """
            select needed.name
            from unnest(array[
                '0109_issuecomment_description_and_parent_id',
                '0117_rename_description_draftissue_description_json_and_more'
            ]) as needed (name)
            where not exists (
                select from public.django_migrations as applied
                where applied.app = 'db' and applied.name = needed.name
            )
            order by needed.name
            """
        ).map { try $0.get("name") }
    }

    private func exists(_ table: String) throws -> Bool {
        try run("select to_regclass(\(table)) is not null as there")[0].get("there")
    }

    /// - Throws: `SchemaProblem.rightsMissing`.
    private func checkRights(_ rights: ProgramRights) throws {
        let missing = try run(
            """
            select n.privilege || case n.privilege when 'insert' then ' into ' when 'select' then ' from ' else ' ' end
                || n.name as missing, current_user::text as role
            from unnest(\(rights.tables.map(\.name)), \(rights.tables.map(\.privilege))) as n (name, privilege)
            where not has_any_column_privilege(n.name, n.privilege)
            """
        )
        guard let first = missing.first else { return }
        throw SchemaProblem.rightsMissing(
            role: try first.get("role"),
            rights: try missing.map { try $0.get("missing") },
            group: rights.group
        )
    }
}
