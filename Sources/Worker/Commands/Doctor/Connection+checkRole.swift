import Database
import Inspect
import Run

extension Connection {
    /// Reports what the role in `DATABASE_URL` may do, and whether every role may do too much.
    func roleFindings() throws -> [Finding] {
        try [roleFinding()] + creationFindings()
    }

    private func roleFinding() throws -> Finding {
        let role = try run(
            "select rolname::text as name, rolsuper as is_super from pg_roles where rolname = current_user"
        )[0]
        let name: String = try role.get("name")
        if try role.get("is_super") {
            return .warning(
                "\(name) is a superuser, which no program of ours needs",
                "make a login role for each with sql/roles.sql"
            )
        }
        let canRecord = try missingRights([("github_sync.github_ingest_nodes", "insert")]).isEmpty
        let forWorker = try missingRights(ProgramRights.worker.tables)
        let isAdmin = try missingRights([("public.github_repository_syncs", "insert")]).isEmpty
        let canPrune = try missingRights([("github_sync.github_webhook_events", "delete")]).isEmpty
        let canLook = try missingRights([("github_sync.github_fleet", "select")]).isEmpty
        let uses = [
            (canRecord, "run plane-ingest"), (forWorker.isEmpty, "run plane-worker"),
            (isAdmin, "connect and configure"), (canPrune, "prune"), (canLook, "look at the queue"),
        ].filter(\.0).map(\.1)
        guard !uses.isEmpty else {
            return .failed("\(name) may not look at the queue", "put it into a group of sql/roles.sql")
        }
        // The roles of plane-ingest and prune have one of the worker's rights. A role with more of them, but not all,
        // is a worker's role for which sql/roles.sql has not been run since the last upgrade.
        let isHalf = !forWorker.isEmpty && forWorker.count < ProgramRights.worker.tables.count - 1
        guard !isHalf else {
            return .failed("\(name) lacks the right to \(forWorker.joined(separator: ", "))", "run sql/roles.sql again")
        }
        return .ok("\(name) may \(uses.joined(separator: ", "))")
    }

    /// Checks whether every role may create objects in `public`.
    ///
    /// Our programs use nothing there but Plane's tables; people who work with psql might use what somebody put there.
    private func creationFindings() throws -> [Finding] {
        let isOpen: Bool = try run("select has_schema_privilege('public', 'public', 'create') as is_open")[0]
            .get("is_open")
        guard isOpen else { return [] }
        return [
            .warning(
                "everybody may create in the schema public: what is put there may run with the rights of who uses psql",
                "revoke create on schema public from public"
            )
        ]
    }

    /// Those of the rights that the role has neither on the table nor on any of its columns.
    private func missingRights(_ rights: [(name: String, privilege: String)]) throws -> [String] {
        try run(
            """
            select needed.privilege || ' ' || needed.name as missing
            from unnest(\(rights.map(\.name)), \(rights.map(\.privilege))) as needed (name, privilege)
            where not (
                coalesce(has_schema_privilege(to_regnamespace(split_part(needed.name, '.', 1))::oid, 'usage'), false)
                and (
                    needed.privilege = 'delete'
                    and coalesce(has_table_privilege(to_regclass(needed.name)::oid, 'delete'), false)
                    or needed.privilege <> 'delete'
                    and coalesce(
                        has_any_column_privilege(
                            to_regclass(needed.name)::oid,
                            case needed.privilege when 'delete' then 'select' else needed.privilege end
                        ),
                        false
                    )
                )
            )
            """
        ).map { try $0.get("missing") }
    }
}
