import Database
import Foundation
import GitHub

/// GitHub users, and the Plane users they are.
struct People: Sendable {
    struct Person: Sendable, Equatable {
        let userID: UUID
        let displayName: String
        /// Whether the person is an active member with a role that may be assigned (15 or more).
        let isAssignable: Bool
    }

    /// By project and GitHub's user id; only active members count.
    var members: [UUID: [Int64: Person]] = [:]
    /// The names of Plane users, for the activity log.
    var names: [UUID: String] = [:]

    func member(_ user: GitHubUser?, of projectID: UUID) -> Person? {
        user.flatMap { members[projectID]?[$0.id] }
    }
}

extension People {
    /// Finds the active members of the projects that the batch's GitHub users are.
    ///
    /// Plane's own sign-in table decides before our links.
    static func read(_ batch: SyncBatch) -> Read<People> {
        Read(
            """
            with known as (
                select distinct on (github_id) github_id, user_id
                from (
                    select a.provider_account_id::bigint as github_id, a.user_id, 1 as rank
                    from public.accounts as a
                    where a.provider = 'github' and a.provider_account_id = any(\(batch.userIDs.map { String($0) }))
                    union all
                    select l.github_user_id, l.user_id, 2
                    from github_sync.github_user_links as l
                    where l.github_user_id = any(\(batch.userIDs))
                ) as candidates
                order by github_id, rank
            )
            select m.project_id, k.github_id, k.user_id, u.display_name, m.role >= 15 as is_assignable
            from known as k
            inner join public.users as u on u.id = k.user_id and u.is_active
            inner join public.project_members as m
                on m.member_id = k.user_id and m.is_active and m.deleted_at is null
            where m.project_id in (select project_id from github_sync.followers(\(batch.repositoryIDs)))
            """
        ) { rows in
            try rows.reduce(into: People()) { people, row in
                let person = try Person(row: row)
                people.members[try row.get("project_id"), default: [:]][try row.get("github_id")] = person
                people.names[person.userID] = person.displayName
            }
        }
    }
}

extension People.Person: RowDecodable {
    init(row: Row) throws {
        userID = try row.get("user_id")
        displayName = try row.get("display_name")
        isAssignable = try row.get("is_assignable")
    }
}
