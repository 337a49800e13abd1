import Base
import Database
import GitHubClient
import Inspect
import Outbound

/// Looks at what goes from Plane to GitHub: what the database tells, what everybody may read, and this environment.
enum OutboundCheck {
    static func findings(
        of installation: Installation,
        _ connection: Connection
    ) async throws
        -> [Finding]
    {
        let hasCredentials = (try? GitHubConfig(installation.environment)) != nil
        let findings = try await connection.outboundFindings(hasCredentials: hasCredentials)
        let (looks, targets) = try await connection.run(
            OutboundLooks.read,
            CommentTarget.read,
            within: .seconds(10)
        )
        guard looks.connections > 0 else { return findings }
        // Only the environment of a worker tells.
        let page = hasCredentials ? [pageProblem(in: installation.environment)].compactMap(\.self) : []
        let isExpected = ["", "_FILE"].contains {
            installation.environment.string("PLANE_WEBHOOK_SECRET\($0)") != nil
        }
        return findings + page + targets.filter { $0.isPublic == true }.map { $0.finding() }
            + (try await PlaneHookCheck.findings(isExpected: isExpected, connection))
    }

    /// What is wrong with `PLANE_WEB_URL`; nil where it is as it should be.
    private static func pageProblem(in environment: Environment) -> Finding? {
        do throws(Environment.Problem) {
            guard try PlanePages(environment) == nil else { return nil }
            let text = "PLANE_WEB_URL is not set here: what goes to GitHub names issues of Plane without a link"
            return .warning(text, "set it for the workers, such as https://plane.example.com")
        } catch {
            return .failed("\(error)", "correct or remove it")
        }
    }
}

/// A repository on GitHub to which comments from Plane go.
struct CommentTarget: Sendable, RowDecodable {
    /// GitHub's number of it.
    let id: Int64
    private let repository: String
    private let comments: String
    /// Whether everybody may read it, as the newest delivery that is stored says; nil when none does.
    let isPublic: Bool?

    init(row: Row) throws {
        id = try row.get("repository_id")
        repository = try row.get("repository")
        comments = try row.get("comments")
        isPublic = try row.getIfPresent("is_private", as: String.self).map { $0 == "false" }
    }

    /// What to say of it when everybody may read it.
    func finding() -> Finding {
        .warning(
            "comments that people write in Plane go to \(repository), which everybody may read",
            "if that is not meant: plane-worker configure --repository \(repository) --outbound-comments off"
                + (comments == "all" ? ", or external: only those that Plane shows to everybody" : "")
        )
    }

    /// A payload with an escape that PostgreSQL takes for no text cannot be read; an older one says the same.
    private static let isReadable: Query = "e.payload::text !~* '\\\\u(0000|d[89a-f])'"

    static let read = Read(
        """
        select f.repository_id, r.owner || '/' || r.name as repository, o.comments,
            coalesce(
                (
                    select e.payload #> '{repository,private}'
                    from github_sync.github_webhook_events as e
                    where e.repository_sync_id = s.id and e.repository_id = f.repository_id and \(isReadable)
                    order by e.created_at desc limit 1
                ),
                (
                    select e.payload #> '{repository,private}'
                    from github_sync.github_webhook_events as e
                    where e.repository_sync_id is null and e.repository_id = f.repository_id and \(isReadable)
                    order by e.created_at desc limit 1
                )
            )::text as is_private
        from github_sync.github_outbound_status as o
        inner join github_sync.followers(array(select repository_id from public.github_repositories)) as f
            on f.repository_sync_id = o.repository_sync_id
        inner join public.github_repository_syncs as s on s.id = o.repository_sync_id
        inner join public.github_repositories as r on r.id = s.repository_id
        where o.issues <> 'off' and o.comments <> 'off'
        order by 2, 1
        """,
        as: CommentTarget.self
    )
}
