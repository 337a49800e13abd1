import Base
import Database
import GitHubClient
import Inspect
import Outbound

/// Looks at what goes from Plane to GitHub: whether anybody looks for it, what is held up, and what everybody may read.
struct OutboundCheck: Sendable {
    /// A change waits this long without anybody having to wonder.
    private static let patience = 900.0

    private let totals: OutboundTotals
    private let looks: OutboundLooks
    private let targets: [CommentTarget]
    private let silent: [SilentLabel]
    private let hasCredentials: Bool
    /// What is wrong with `PLANE_WEB_URL`; nil where it is as it should be.
    private let pageProblem: Finding?

    static func findings(of installation: Installation, _ connection: Connection) async throws -> [Finding] {
        let (totals, looks, targets, silent) = try await connection.run(
            OutboundTotals.read,
            OutboundLooks.read,
            CommentTarget.read,
            SilentLabel.read,
            within: .seconds(10)
        )
        let config = try? GitHubConfig(installation.environment)
        let check = OutboundCheck(
            totals: totals,
            looks: looks,
            targets: targets,
            silent: silent,
            hasCredentials: config != nil,
            pageProblem: pageProblem(in: installation.environment)
        )
        guard looks.connections > 0 else { return check.findings }
        let isExpected = ["", "_FILE"].contains { installation.environment.string("PLANE_WEBHOOK_SECRET\($0)") != nil }
        return check.findings + (try await PlaneHookCheck.findings(isExpected: isExpected, connection))
    }

    private static func pageProblem(in environment: Environment) -> Finding? {
        do throws(Environment.Problem) {
            guard try PlanePages(environment) == nil else { return nil }
            let text = "PLANE_WEB_URL is not set here: what goes to GitHub names issues of Plane without a link"
            return .warning(text, "set it for the workers, such as https://plane.example.com")
        } catch {
            return .failed("\(error)", "correct or remove it")
        }
    }

    private var findings: [Finding] {
        let held = [parked, approval, oldest].compactMap(\.self)
        guard looks.connections > 0 else { return held + [.ok("nothing is sent from Plane to GitHub")] }
        // Only the environment of a worker tells.
        let page = hasCredentials ? [pageProblem].compactMap(\.self) : []
        return [watched] + held + page + silent.map(\.finding)
            + targets.filter { $0.isPublic == true }.map { $0.finding() }
    }

    private var watched: Finding {
        guard looks.areOverdue, let age = looks.ageSeconds else {
            return .ok("connections that are sent to GitHub: \(looks.connections), and workers look for changes")
        }
        return .failed(
            "nobody has looked for \(Age(seconds: Int(age)).text) for what has to go from Plane to GitHub",
            hasCredentials
                ? "start plane-worker with GITHUB_TOKEN or an App, or read its log"
                : "GITHUB_TOKEN and GITHUB_APP_ID are not set here: workers without them send nothing"
        )
    }

    private var parked: Finding? {
        guard totals.parked > 0 else { return nil }
        return .warning(
            "issues and comments that do not go to GitHub, because it refused them or they failed too often: \(totals.parked)",
            "plane-worker outbound list says why; remove the cause, then plane-worker outbound retry"
        )
    }

    private var approval: Finding? {
        guard totals.wantsApproval > 0 else { return nil }
        return .warning(
            "deletions in Plane that wait for approval, because there were many at once: \(totals.wantsApproval)",
            "plane-worker outbound list, then plane-worker outbound approve, or drop for each that was a mistake"
        )
    }

    private var oldest: Finding? {
        guard let seconds = totals.oldestSeconds, seconds > Self.patience else { return nil }
        return .warning(
            "a change in Plane has waited for \(Age(seconds: Int(seconds)).text) to go to GitHub",
            "plane-worker outbound list says for what; GitHub takes 500 writes an hour"
        )
    }
}

/// A connection that sends issues with a label which its project does not have.
private struct SilentLabel: Sendable, RowDecodable {
    private let label: String
    private let project: String
    private let repository: String

    init(row: Row) throws {
        label = try row.get("label")
        project = try row.get("project")
        repository = try row.get("repository")
    }

    var finding: Finding {
        .warning(
            "no new issue goes to \(repository): the project \(project) has no label \(label)",
            "make the label in Plane, or name another: "
                + "plane-worker configure --repository \(repository) --create-label NAME"
        )
    }

    static let read = Read(
        """
        select c.name as label, p.identifier as project, r.owner || '/' || r.name as repository
        from github_sync.github_sync_settings as s
        inner join public.github_repository_syncs as f on f.id = s.repository_sync_id and f.deleted_at is null
        inner join public.github_repositories as r on r.id = f.repository_id and r.deleted_at is null
        inner join public.projects as p on p.id = f.project_id
        cross join lateral (select coalesce(s.settings #>> '{outbound,create_label}', 'github') as name) as c
        where s.settings #>> '{outbound,issues}' = 'label'
            and not exists (
                select from public.labels as l
                where l.project_id = f.project_id and l.deleted_at is null and lower(l.name) = lower(c.name)
            )
        order by 3, 2
        """,
        as: SilentLabel.self
    )
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
