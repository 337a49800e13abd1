import Base
import Database
import Foundation
import GitHub

/// A GitHub login as people type it, with or without an @ in front.
package struct GitHubLogin: Sendable, Equatable {
    package let name: String

    /// Nil for a text that cannot be a login.
    package init?(_ text: String) {
        let name = text.hasPrefix("@") ? String(text.dropFirst()) : text
        guard GitHubUser.isLogin(name) else { return nil }
        self.name = name
    }

    /// The command that prints GitHub's number of the user.
    package var curl: String { Self.curl(name) }

    package static func curl(_ login: String) -> String {
        "curl -s https://api.github.com/users/\(login) | grep -m1 '\"id\"'"
    }
}

/// A GitHub user and the Plane user they are.
package struct Mapping: Sendable, Equatable {
    package let githubID: Int64
    package let user: PlaneUser
    /// Whether this mapping is new.
    package let isNew: Bool
    package let projects: [AssignableProject]
}

/// A user of Plane.
package struct PlaneUser: RowDecodable, Equatable {
    package let id: UUID
    package let email: String
    package let displayName: String
    package let isActive: Bool
    package let isBot: Bool

    package init(row: Row) throws {
        id = try row.get("id")
        email = try row.get("email")
        displayName = try row.get("display_name")
        isActive = try row.get("is_active")
        isBot = try row.get("is_bot")
    }
}

/// A connected project, and whether a user can be assigned there.
package struct AssignableProject: RowDecodable, Equatable {
    package let place: String
    package let isAssignable: Bool

    package init(row: Row) throws {
        place = try row.get("place")
        isAssignable = try row.get("is_assignable")
    }
}

extension Connection {
    /// Maps a GitHub user to the Plane user with a mail address; who had it done is written down with it.
    package func map(
        _ login: GitHubLogin,
        to email: String,
        githubID: Int64?,
        by person: Operator
    ) throws -> Mapping {
        try transaction { connection in
            let user = try connection.user(email)
            let id = try githubID ?? connection.knownID(of: login)
            let owner = try connection.userSignedIn(as: id)
            guard owner == nil || owner == user.id else {
                throw LookupFailure(
                    "GitHub user \(id) signed in to Plane as another user than \(user.email), and that counts "
                        + "before any mapping"
                )
            }
            let isNew =
                try owner == nil && connection.link(id, login: login.name, to: user.id, by: person)
            let projects = try connection.connectedProjects(for: user.id)
            return Mapping(githubID: id, user: user, isNew: isNew, projects: projects)
        }
    }

    private func user(_ email: String) throws -> PlaneUser {
        guard let user = try planeUsers(email: email).first else {
            throw LookupFailure("EMAIL is '\(email)', but no Plane user has that address")
        }
        guard !user.isBot else { throw LookupFailure("EMAIL is '\(email)', which belongs to a bot") }
        guard user.isActive else { throw LookupFailure("EMAIL is '\(email)', whose Plane user is not active") }
        return user
    }

    /// GitHub's number of a login, from a mapping or an event of the last 90 days.
    ///
    /// A login can pass to another user, a number cannot. If two numbers had the login, the operator has to say which.
    private func knownID(of login: GitHubLogin) throws -> Int64 {
        let met = try unmappedPeople(since: .now.before(seconds: 90 * 86_400), login: login.name).map(\.id)
        let ids = Set(try mappedPeople(login: login.name).map(\.githubID) + met)
        guard ids.count <= 1 else {
            let list = ids.sorted().map(String.init).joined(separator: ", ")
            throw LookupFailure("\(login.name) was the login of \(list): say which with --github-id")
        }
        guard let id = ids.first else {
            throw LookupFailure(
                "no event of the last 90 days names \(login.name): give its number with --github-id, found with: "
                    + login.curl
            )
        }
        return id
    }

    /// The users with a mail address, whatever its case.
    private func planeUsers(email: String) throws -> [PlaneUser] {
        try run(
            """
            select id, email, display_name, is_active, is_bot from public.users
            where lower(email) = lower(\(email))
            order by is_active desc, is_bot
            """,
            as: PlaneUser.self
        )
    }

    /// The Plane user who signed in to Plane as this GitHub user; this takes precedence over any mapping.
    private func userSignedIn(as githubID: Int64) throws -> UUID? {
        try run(
            """
            select user_id from public.accounts
            where provider = 'github' and provider_account_id = \(String(githubID))
            """
        ).first?.get("user_id")
    }

    /// Stores a mapping, in place of any earlier one of the GitHub user.
    /// - Returns: false when the same mapping was stored already.
    private func link(
        _ githubID: Int64,
        login: String,
        to userID: UUID,
        by person: Operator
    ) throws
        -> Bool
    {
        try !run(
            """
            with linked as (
                insert into github_sync.github_user_links as l (github_user_id, login, user_id)
                values (\(githubID), \(login), \(userID))
                on conflict (github_user_id) do update
                set login = excluded.login, user_id = excluded.user_id, created_at = now()
                where (l.login, l.user_id) is distinct from (excluded.login, excluded.user_id)
                returning user_id as id
            ), \(Query.noting("users map", by: person, rows: "linked", detail: login))
            select id from linked
            """
        ).isEmpty
    }

    /// The connected projects, and whether a user has the role that may be assigned (15 or more) in each.
    private func connectedProjects(for userID: UUID) throws -> [AssignableProject] {
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

    /// Removes the mappings of a login; who had it done is written down with it.
    /// - Returns: the GitHub ids that were mapped.
    package func unlink(login: String, by person: Operator) throws -> [Int64] {
        try run(
            """
            with gone as (
                delete from github_sync.github_user_links where lower(login) = lower(\(login))
                returning github_user_id, user_id as id
            ), \(Query.noting("users unmap", by: person, rows: "gone", detail: login))
            select github_user_id from gone
            """
        ).map { try $0.get("github_user_id") }
    }
}
