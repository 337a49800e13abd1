import Database
import Run

extension Connection {
    /// What the role in `DATABASE_URL` is good for, and whether everybody may do too much.
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
        let canRecord = try missingRights([("github_sync.github_webhook_events", "insert")]).isEmpty
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
        // Some of the worker's rights, and more than the one that plane-ingest and prune have too: roles.sql is behind.
        let isHalf = !forWorker.isEmpty && forWorker.count < ProgramRights.worker.tables.count - 1
        guard !isHalf else {
            return .failed("\(name) lacks the right to \(forWorker.joined(separator: ", "))", "run sql/roles.sql again")
        }
        return .ok("\(name) may \(uses.joined(separator: ", "))")
    }

    /// Our programs use nothing of `public` but Plane's tables; whoever works with psql might.
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

    /// Those of the rights, on a table or on some column of it, that the role has not.
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
