import Base
import Database
import GitHub
import GitHubClient

/// A repository whose number is known, and where from.
struct KnownRepository: Sendable, Equatable {
    let repository: FollowedRepository
    /// What GitHub told; nil where it was not asked.
    var access: RepositoryAccess?
    /// What the operator should know: it has another name now, or GitHub could not be asked.
    var remark: String?

    /// Asks GitHub, which knows by an old name too.
    ///
    /// Whoever gave the number needs no answer. One that contradicts it counts: the name may be mistyped, or by now be
    /// that of another repository.
    static func asking(_ client: GitHubClient, for name: RepositoryName, id: Int64?) async throws -> KnownRepository {
        let access: RepositoryAccess
        do {
            access = try await client.access(to: name)
        } catch {
            if let id, let repository = FollowedRepository(id: id, fullName: name.description) {
                return KnownRepository(repository: repository, remark: "\(name) was not looked up: \(error)")
            }
            throw CommandFailure("\(name): \(error); \(advice(for: error)), or give its number with --repository-id")
        }
        let found = access.repository
        if let id, id != found.id {
            throw CommandFailure("--repository-id is \(id), but GitHub's number of \(found.fullName) is \(found.id)")
        }
        guard let repository = FollowedRepository(id: found.id, fullName: found.fullName) else {
            throw CommandFailure("\(found.fullName) is longer than Plane can store")
        }
        let isRenamed = found.fullName.lowercased() != name.description.lowercased()
        return KnownRepository(
            repository: repository,
            access: access,
            remark: isRenamed ? "\(name) is called \(found.fullName) now" : nil
        )
    }

    /// Sees to it that sweeps can read the repository.
    func checkReading() throws(CommandFailure) {
        guard let access else { throw CommandFailure("\(remark ?? ""); --poll needs GitHub to show the repository") }
        guard access.missing.isEmpty else {
            throw CommandFailure(
                "on \(repository.fullName) we lack \(access.missing.joined(separator: ", ")): "
                    + "grant it, without it --poll brings nothing"
            )
        }
    }

    private static func advice(for error: GitHubError) -> String {
        switch error {
        case .unauthorized: "see that the token or the App's key is valid"
        case .notFound, .forbidden: "see that the name is right and that the token or the App may read it"
        default: "try again"
        }
    }
}

extension Connection {
    /// The number of a repository, from the last event of that name, from what projects follow or once did, and from the
    /// last delivery that nobody wanted.
    ///
    /// A name can come to mean another repository, so the latest that is known of it counts: what a project follows
    /// today, else the last event, delivery or connection that ended.
    func knownRepository(_ name: RepositoryName) throws -> FollowedRepository? {
        try run(
            """
            select repository_id, full_name
            from (
                (
                    select repository_id, repository_name as full_name, created_at as known_at
                    from github_sync.github_webhook_events
                    where lower(repository_name) = lower(\(name.description)) and repository_id is not null
                    order by id desc
                    limit 1
                )
                union all
                select repository_id, owner || '/' || name, coalesce(deleted_at, 'infinity')
                from public.github_repositories
                where lower(owner || '/' || name) = lower(\(name.description))
                union all
                select repository_id, full_name, seen_at
                from github_sync.github_unfollowed_repositories
                where lower(full_name) = lower(\(name.description))
            ) as known
            order by known_at desc
            limit 1
            """,
            within: .seconds(20)
        ).first.flatMap { row in
            FollowedRepository(id: try row.get("repository_id"), fullName: try row.get("full_name"))
        }
    }
}
