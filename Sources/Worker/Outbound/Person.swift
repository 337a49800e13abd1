import Database
import Foundation
import GitHub
import GitHubClient

/// A user of Plane, as far as GitHub knows them.
struct Person: Sendable, Equatable, Codable {
    let id: UUID
    let name: String
    /// Who it is on GitHub; nil where nobody knows.
    let githubID: Int64?
    var login: String?

    /// The person as JSON, given a row `u` of Plane's users and one `g` of `account`.
    static let document: Query = """
        jsonb_build_object('id', u.id, 'name', u.display_name, 'githubID', g.github_id, 'login', g.login)
        """

    /// The account on GitHub of the user `u`, if there is one.
    ///
    /// Plane's own sign-in table decides before our links, as for what comes from GitHub.
    static let account: Query = """
        select c.github_id, k.login
        from (
            select a.provider_account_id::bigint as github_id, 1 as rank
            from public.accounts as a
            where a.user_id = u.id and a.provider = 'github' and a.provider_account_id ~ '^[0-9]{1,18}$'
            union all
            select l.github_user_id, 2 from github_sync.github_user_links as l where l.user_id = u.id
        ) as c
        left join github_sync.github_user_links as k on k.github_user_id = c.github_id
        order by c.rank, c.github_id limit 1
        """

    static func read(_ users: [UUID]) -> Read<[Person]> {
        let query: Query = """
            select \(document) as person from public.users as u
            left join lateral (\(account)) as g on true
            where u.id = any(\(users))
            """
        return Read(query) { rows in try rows.map { try $0.getJSON("person") } }
    }
}

extension OutboundSender {
    /// The login of somebody, which GitHub is asked for where only the account is known; nil where there is none.
    func login(of person: Person, in repository: RepositoryName) async throws -> String? {
        guard let id = person.githubID, person.login == nil else { return person.login }
        do throws(GitHubError) {
            return try await client.user(id, for: repository).login
        } catch {
            guard error == .notFound || error == .gone else { throw error }
            return nil
        }
    }
}
