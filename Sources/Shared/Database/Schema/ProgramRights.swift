/// What a program must be allowed to do with tables to be of any use, looked at once when it starts.
///
/// Not every right it uses: those that tell a role of another kind, or one that `sql/roles.sql` has not reached.
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
    /// - Throws: `SchemaProblem.rightsMissing`.
    func checkRights(_ rights: ProgramRights) throws {
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
