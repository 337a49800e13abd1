import Base
import Database
import GitHub
import GitHubClient
import Inspect

/// Looks at GitHub through the token or App of this environment: who that is, what it may do, and how the webhooks do.
struct GitHubCheck: Sendable {
    private let client: GitHubClient
    private let connection: Connection

    /// Each takes some calls of the hour's limit.
    private static let maximumRepositories = 20
    /// No repository is begun after it; a call has a limit of its own.
    private static let limit: Duration = .seconds(60)

    static func findings(of installation: Installation, _ connection: Connection) async throws -> [Finding] {
        let client: GitHubClient?
        do throws(Environment.Problem) {
            client = try installation.environment.gitHubClient(sharing: connection)
        } catch {
            return [.failed("\(error)", "correct or remove it")]
        }
        guard let client else {
            return [
                .notChecked(
                    "GITHUB_TOKEN and GITHUB_APP_ID are not set here",
                    "with the environment of the workers, doctor checks access, webhooks and their deliveries"
                )
            ]
        }
        return try await GitHubCheck(client: client, connection: connection).findings()
    }

    /// Asks until an error that would come again at the next repository.
    private func findings() async throws -> [Finding] {
        let end = ContinuousClock.now + Self.limit
        let syncs = try await connection.connectedSyncs(SyncFilter(repository: nil))
        let repositories = Dictionary(syncs.map { ($0.githubID, $0.repository) }) { first, _ in first }
            .sorted { $0.value < $1.value }
        let (allTargets, written) = try await connection.run(
            CommentTarget.read,
            Self.written,
            within: .seconds(10)
        )
        let targets = allTargets.filter { $0.isPublic == nil }
        var findings: [Finding] = []
        do throws(GitHubError) {
            let name = try await client.ownName()
            let text = name.map { "GitHub knows us as \($0)" } ?? "GitHub takes our token, which is no person's"
            findings.append(.ok(text))
            var count = 0
            for (id, name) in repositories.prefix(Self.maximumRepositories) where ContinuousClock.now < end {
                count += 1
                guard let name = RepositoryName(name) else { continue }
                let target = targets.first { $0.id == id }
                findings += try await self.findings(on: name, id: id, isWritten: written.contains(id), target)
            }
            if count < repositories.count {
                findings.append(.notChecked("more connected repositories: \(repositories.count - count)"))
            }
        } catch {
            findings.append(Self.finding(for: error))
        }
        return findings + (try await connection.budgetFindings())
    }

    /// `target` is the same repository, where comments go to it and nobody knows yet whether everybody may read it.
    private func findings(
        on name: RepositoryName,
        id: Int64,
        isWritten: Bool,
        _ target: CommentTarget?
    ) async throws(GitHubError) -> [Finding] {
        let access: RepositoryAccess
        do {
            access = try await client.access(to: name)
        } catch .notFound {
            return [.failed("GitHub shows us no repository \(name)", "let the token or App read it, or disconnect it")]
        } catch .forbidden(let words) {
            return [.failed("\(name): \(words)", "let the token or App read it")]
        }
        let found = access.repository
        guard found.id == id else {
            return [
                .failed(
                    "\(name) is another repository on GitHub now: \(found.id), not \(id)",
                    "plane-worker connect with the name that \(id) has now, or disconnect it"
                )
            ]
        }
        var findings = [accessFinding(access)]
        if isWritten, access.missing.isEmpty, !access.missingToWrite.isEmpty {
            let missing = access.missingToWrite.joined(separator: ", ")
            findings.append(
                .failed(
                    "on \(found.fullName) we lack \(missing): what people change in Plane cannot go there",
                    "grant it, or plane-worker configure --repository \(found.fullName) --outbound off"
                )
            )
        }
        if found.fullName != name.description {
            findings.append(
                .warning(
                    "\(name) is called \(found.fullName) on GitHub",
                    "plane-worker connect with that name stores it"
                )
            )
        }
        if let target, !found.isPrivate { findings.append(target.finding()) }
        guard let name = RepositoryName(found.fullName) else { return findings }
        let isPolled = (try? await connection.isPolled(id)) ?? false
        let check = WebhookCheck(client: client, repository: name, isPolled: isPolled)
        return findings + (try await check.findings())
    }

    /// The repositories to which something goes from Plane, by GitHub's ids.
    private static let written = Read(
        """
        select distinct f.repository_id
        from github_sync.github_outbound_status as o
        inner join github_sync.followers(array(select repository_id from public.github_repositories)) as f
            on f.repository_sync_id = o.repository_sync_id
        where o.issues <> 'off'
        """
    ) { rows in Set(try rows.map { try $0.get("repository_id", as: Int64.self) }) }

    private func accessFinding(_ access: RepositoryAccess) -> Finding {
        let name = access.repository.fullName
        guard access.missing.isEmpty else {
            let missing = access.missing.joined(separator: ", ")
            return .failed("on \(name) we lack \(missing)", "grant it: without, import and sweeps do not work")
        }
        let granted = access.permissions.joined(separator: ", ")
        return .ok("on \(name) we have \(granted.isEmpty ? "access" : granted)")
    }

    private static func finding(for error: GitHubError) -> Finding {
        switch error {
        case .unauthorized, .parked: .failed("\(error)", "make a new token or key, and give it to the workers too")
        case .rateLimited: .warning("\(error)", "wait until then: nothing is lost")
        case .transient: .failed("\(error)", "see that this machine reaches GITHUB_API_URL")
        default: .failed("\(error)", "check GITHUB_API_URL, and the token or the App")
        }
    }
}

extension Connection {
    /// Whether the changes of a repository come by sweeps alone: they work, and no delivery of a webhook is stored.
    fileprivate func isPolled(_ repository: Int64) throws -> Bool {
        try run(
            """
            with syncs as (
                select s.id
                from public.github_repository_syncs as s
                join public.github_repositories as r on r.id = s.repository_id
                where r.repository_id = \(repository)
            )
            select
                exists (
                    select from github_sync.github_sync_jobs
                    where repository_id = \(repository) and kind = 'sweep' and status in ('queued', 'running')
                        and coalesce(error_message, '') = '' and updated_at > now() - interval '25 hours'
                )
                and not exists (
                    select from github_sync.github_webhook_events
                    where (repository_sync_id is null or repository_sync_id in (select id from syncs))
                        and repository_id = \(repository) and coalesce(action, '') not in ('read', 'vanished')
                ) as is_polled
            """,
            within: .seconds(10)
        )[0].get("is_polled")
    }

    /// What is left of GitHub's limits for all workers.
    fileprivate func budgetFindings() throws -> [Finding] {
        try run(
            """
            select
                principal || ', ' || resource as name, rl_limit, remaining, resets_at, blocked_until
            from github_sync.github_api_budget
            order by blocked_until nulls last, remaining::float8 / nullif(rl_limit, 0) nulls last, principal, resource
            limit 10
            """,
            within: .seconds(10)
        ).compactMap { row in
            let name: String = try row.get("name")
            if let until: Timestamp = try row.getIfPresent("blocked_until") {
                return .warning(
                    "GitHub takes no calls of \(name) before \(until): a limit was reached",
                    "wait; if it comes often, import less at once, or raise GITHUB_SWEEP_SECONDS"
                )
            }
            guard let limit: Int = try row.getIfPresent("rl_limit"), let left: Int = try row.getIfPresent("remaining")
            else { return nil }
            let text = "calls left of \(name): \(left) of \(limit)"
            guard left < limit / 10, let reset: Timestamp = try row.getIfPresent("resets_at") else { return .ok(text) }
            return .warning("\(text), until \(reset)", "wait; if it comes often, raise GITHUB_SWEEP_SECONDS")
        }
    }
}
