import Base
import Database
import Foundation

extension Connection {
    /// The GitHub users that events' results name as unknown and that still are, the most frequent first.
    ///
    /// Ids begin with the time of receipt, so that `since` bounds the primary key.
    func unmappedPeople(since: Timestamp, login: String? = nil) throws -> [UnmappedPerson] {
        try run(
            """
            with met as (
                select (person ->> 'id')::bigint as github_id, person ->> 'login' as login, e.id, e.created_at
                from github_sync.github_webhook_events as e
                cross join lateral jsonb_array_elements(
                    case when jsonb_typeof(e.result -> 'unmapped') = 'array' then e.result -> 'unmapped' else '[]' end
                ) as person
                where e.id >= github_sync.first_event_id(\(since)) and e.created_at >= \(since)
                    and e.result ? 'unmapped'
                    and jsonb_typeof(person -> 'id') = 'number' and person ->> 'login' is not null
            )
            select
                github_id, (array_agg(login order by id desc))[1] as login, count(*) as events,
                max(created_at) as last_seen
            from met
            where not exists (
                    select from github_sync.github_user_links as l where l.github_user_id = met.github_id
                )
                and not exists (
                    select from public.accounts as a
                    where a.provider = 'github' and a.provider_account_id = met.github_id::text
                )
                and (\(login) is null or lower(login) = lower(\(login)))
            group by github_id
            order by events desc, last_seen desc, github_id
            """,
            as: UnmappedPerson.self
        )
    }

    /// The links that operators made, of one login or all.
    func mappedPeople(login: String? = nil) throws -> [MappedPerson] {
        try run(
            """
            select
                l.github_user_id, l.login, l.user_id, l.created_at, u.email, coalesce(u.is_active, false) as is_active
            from github_sync.github_user_links as l
            left join public.users as u on u.id = l.user_id
            where \(login) is null or lower(l.login) = lower(\(login))
            order by lower(l.login), l.github_user_id
            """,
            as: MappedPerson.self
        )
    }

    /// How many active users Plane knows with their GitHub account because they signed in with it.
    func signedInPeople() throws -> Int {
        try run(
            """
            select count(distinct a.provider_account_id) as people
            from public.accounts as a
            join public.users as u on u.id = a.user_id
            where a.provider = 'github' and u.is_active
            """
        )[0].get("people")
    }

    /// Mail addresses are the same in upper and lower case.
    func planeUsers(email: String) throws -> [PlaneUser] {
        try run(
            """
            select id, email, display_name, is_active, is_bot from public.users
            where lower(email) = lower(\(email))
            order by is_active desc, is_bot
            """,
            as: PlaneUser.self
        )
    }

    /// Whom Plane's own sign-in table takes a GitHub user for; that counts before any link.
    func userSignedIn(as githubID: Int64) throws -> UUID? {
        try run(
            """
            select user_id from public.accounts
            where provider = 'github' and provider_account_id = \(String(githubID))
            """
        ).first?.get("user_id")
    }

    /// Links a GitHub user to a Plane user, in place of any earlier link.
    /// - Returns: false when that link was there already.
    func link(_ githubID: Int64, login: String, to userID: UUID) throws -> Bool {
        try !run(
            """
            insert into github_sync.github_user_links as l (github_user_id, login, user_id)
            values (\(githubID), \(login), \(userID))
            on conflict (github_user_id) do update
            set login = excluded.login, user_id = excluded.user_id, created_at = now()
            where (l.login, l.user_id) is distinct from (excluded.login, excluded.user_id)
            returning github_user_id
            """
        ).isEmpty
    }

    /// Removes the links of a login.
    /// - Returns: the GitHub ids that had one.
    func unlink(login: String) throws -> [Int64] {
        try run(
            """
            delete from github_sync.github_user_links where lower(login) = lower(\(login))
            returning github_user_id
            """
        ).map { try $0.get("github_user_id") }
    }

    /// The connected projects, and whether a user has the role that may be assigned (15 or more) in each.
    func connectedProjects(for userID: UUID) throws -> [AssignableProject] {
        try run(
            """
            select distinct
                workspace.slug || '/' || project.identifier as place,
                exists (
                    select from public.project_members as m
                    where m.project_id = project.id and m.member_id = \(userID) and m.is_active
                        and m.deleted_at is null and m.role >= 15
                ) as is_assignable
            from public.github_repository_syncs as sync
            join public.projects as project on project.id = sync.project_id
            join public.workspaces as workspace on workspace.id = project.workspace_id
            where sync.deleted_at is null and project.deleted_at is null
            order by place
            """,
            as: AssignableProject.self
        )
    }
}
