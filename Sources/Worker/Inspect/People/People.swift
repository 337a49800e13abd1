import Base
import Database
import Foundation
import JSON

/// A GitHub user who appears in synced events and is not mapped to a Plane user.
package struct UnmappedPerson: RowDecodable, Equatable {
    package let id: Int64
    package let login: String
    package let events: Int
    package let lastSeen: Timestamp

    package init(row: Row) throws {
        id = try row.get("github_id")
        login = try row.get("login")
        events = try row.get("events")
        lastSeen = try row.get("last_seen")
    }

    package var json: JSONValue {
        .object([
            "github_id": .int(Int(id)),
            "login": .string(login),
            "events": .int(events),
            "last_seen": .string(lastSeen.description),
        ])
    }
}

/// A GitHub user whom an operator mapped to a Plane user.
package struct MappedPerson: RowDecodable, Equatable {
    package let githubID: Int64
    package let login: String
    package let userID: UUID
    /// Nil when Plane's user is gone.
    package let email: String?
    package let isActive: Bool
    package let mapped: Timestamp

    package init(row: Row) throws {
        githubID = try row.get("github_user_id")
        login = try row.get("login")
        userID = try row.get("user_id")
        email = try row.getIfPresent("email")
        isActive = try row.get("is_active")
        mapped = try row.get("created_at")
    }

    package var json: JSONValue {
        .object([
            "github_id": .int(Int(githubID)),
            "login": .string(login),
            "user_id": .string(userID.text),
            "email": .optional(email),
            "is_active": .bool(isActive),
            "mapped_at": .string(mapped.description),
        ])
    }
}

extension Connection {
    /// The GitHub users that the results of events name as unmapped and who still are, the most frequent first.
    ///
    /// Ids begin with the time of receipt, so `since` limits the range of the primary key that is read.
    package func unmappedPeople(since: Timestamp, login: String? = nil) throws -> [UnmappedPerson] {
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

    /// The mappings that operators made, of one login or of all.
    package func mappedPeople(login: String? = nil) throws -> [MappedPerson] {
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
    package func signedInPeople() throws -> Int {
        try run(
            """
            select count(distinct a.provider_account_id) as people
            from public.accounts as a
            join public.users as u on u.id = a.user_id
            where a.provider = 'github' and u.is_active
            """
        )[0].get("people")
    }
}
