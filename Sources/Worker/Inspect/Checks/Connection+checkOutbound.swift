import Base
import Database
import Outbound

extension Connection {
    /// Checks what goes from Plane to GitHub: whether anybody looks for it, and what is held up.
    ///
    /// `hasCredentials` tells whether this environment has those of a worker; where it cannot have them, they are not
    /// what is missing.
    package func outboundFindings(hasCredentials: Bool = true) throws -> [Finding] {
        let (totals, looks, silent) = try run(
            OutboundTotals.read,
            OutboundLooks.read,
            SilentLabel.read,
            within: .seconds(10)
        )
        return OutboundHealth(
            totals: totals,
            looks: looks,
            silent: silent,
            hasCredentials: hasCredentials
        ).findings
    }
}

/// How what goes to GitHub stands.
private struct OutboundHealth {
    /// A change waits this long without anybody having to wonder.
    private static let patience = 900.0

    let totals: OutboundTotals
    let looks: OutboundLooks
    let silent: [SilentLabel]
    let hasCredentials: Bool

    fileprivate var findings: [Finding] {
        let held = [parked, approval, oldest].compactMap(\.self)
        guard looks.connections > 0 else { return held + [.ok("nothing is sent from Plane to GitHub")] }
        return [watched] + held + silent.map(\.finding)
    }

    private var watched: Finding {
        guard looks.areOverdue, let age = looks.ageSeconds else {
            return .ok(
                "connections that are sent to GitHub: \(looks.connections), and workers look for changes"
            )
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
