import Base
import Database

extension Connection {
    /// Checks that our schema is the one this program was made for.
    func schemaFindings() throws -> [Finding] {
        let migrations = try Migration.all()
        do {
            try checkSchema(migrations)
        } catch SchemaProblem.unknownPlane {
            // The check of Plane's tables reports this one.
        } catch SchemaProblem.notPlane {
            return [.notChecked("this is not Plane's database")]
        } catch SchemaProblem.behind(let missing) {
            return [.failed("migrations are missing: \(missing.joined(separator: ", "))", "run plane-worker migrate")]
        } catch SchemaProblem.programTooOld(let needs) {
            return [
                .failed("the database needs version \(needs) of this program, this is \(Version.current)", "upgrade")
            ]
        } catch SchemaProblem.changed(let migration) {
            return [
                .failed(
                    "migration \(migration) differs from the one that was applied",
                    "use a program that was built from unchanged files"
                )
            ]
        } catch let problem as SchemaProblem {
            return [.notChecked("\(problem)")]
        }
        let newer: [String] = try run(
            """
            select name from github_sync.schema_migrations where name <> all (\(migrations.map(\.name))) order by name
            """
        ).map { try $0.get("name") }
        let known = "all \(migrations.count) migrations of version \(Version.current) are applied"
        return [.ok(newer.isEmpty ? known : "\(known), and \(newer.joined(separator: ", ")) of a newer one")]
    }

    /// What keeps this database from being the one of Plane v1.2.2 or later, in an operator's words; empty when it is.
    package func planeProblems() throws -> [String] {
        guard let missing = try missingPlaneMigrations() else {
            return ["\(SchemaProblem.notPlane)"]
        }
        return missing.map { "Plane's migration \($0) is missing, upgrade Plane to v1.2.2 or later" }
    }

    /// Checks that Plane has all migrations we rely on.
    func planeFindings() throws -> [Finding] {
        let problems = try planeProblems()
        guard problems.isEmpty else {
            return problems.map { .failed($0, "plane-github-sync works with Plane v1.2.2 and later") }
        }
        let last: String = try run(
            #"select max(name collate "C") as name from public.django_migrations where app = 'db'"#
        )[0].get("name")
        return [PlaneVersion(lastMigration: last).finding]
    }

    /// Checks that some project follows a repository.
    func connectionFindings() throws -> [Finding] {
        let syncs = try connectedSyncs(SyncFilter(repository: nil))
        guard !syncs.isEmpty else {
            return [.warning("no project follows a repository: every delivery is answered 404", "plane-worker connect")]
        }
        let repositories = Set(syncs.map(\.githubID)).count
        let projects = Set(syncs.map(\.place)).count
        return [.ok("repositories connected: \(repositories), to projects: \(projects)")]
    }

    /// Checks that the bots that act for the connections are active members of their projects.
    func botFindings() throws -> [Finding] {
        let problems = try run(
            """
            select
                repository.owner || '/' || repository.name as repository,
                project.identifier,
                case
                    when bot.id is null then 'is missing'
                    when not bot.is_active then 'is not active'
                    else 'is no member of the project'
                end as problem
            from public.github_repository_syncs as sync
            join public.github_repositories as repository on repository.id = sync.repository_id
            join public.projects as project on project.id = sync.project_id
            left join public.users as bot on bot.id = sync.actor_id
            where sync.deleted_at is null and repository.deleted_at is null and project.deleted_at is null
                and (
                    bot.id is null or not bot.is_active
                    or not exists (
                        select from public.project_members as member
                        where member.project_id = project.id and member.member_id = bot.id and member.is_active
                            and member.deleted_at is null
                    )
                )
            order by 1, 2
            limit 10
            """
        )
        guard !problems.isEmpty else { return [.ok("the user that acts for each connection is active in its project")] }
        return try problems.map { row in
            let repository: String = try row.get("repository")
            let project: String = try row.get("identifier")
            return .failed(
                "the user that acts for \(repository) in \(project) \(try row.get("problem") as String)",
                "run plane-worker connect for them again, which changes nothing else"
            )
        }
    }
}
