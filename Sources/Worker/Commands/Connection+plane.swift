import Database

extension Connection {
    /// What keeps this database from being the one of Plane v1.2.2 or later, in an operator's words; empty when it is.
    func missingPlaneMigrations() throws -> [String] {
        let there: Bool = try run("select to_regclass('public.django_migrations') is not null as there")[0].get("there")
        guard there else {
            return ["this is not Plane's database: public.django_migrations is missing, check DATABASE_URL"]
        }
        let missing: [String] = try run(
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
        return missing.map { "Plane's migration \($0) is missing, upgrade Plane to v1.2.2 or later" }
    }

    /// The name of the last migration that was applied here, by whatever version of the program.
    func latestMigration() throws -> String {
        try run("select max(name) as name from github_sync.schema_migrations")[0].get("name")
    }
}
