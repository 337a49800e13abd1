import Base
import Database
import Foundation
import JSON

/// A repository that a project follows, and what comes from it.
struct RepositoryRecord: RowDecodable, Equatable {
    let id: Int64
    let name: String
    /// `workspace/PROJECT` of each project that follows it.
    let projects: [String]
    let pending: Int
    let processing: Int
    let failed: Int
    let completedLastHour: Int
    let latest: Timestamp?
    /// Events a minute that are taken from it; nil: as many as come.
    let perMinute: Int?

    init(row: Row) throws {
        id = try row.get("repository_id")
        name = try row.get("repository_name")
        projects = try row.getJSON("projects")
        pending = try row.get("pending")
        processing = try row.get("processing")
        failed = try row.get("failed")
        completedLastHour = try row.get("completed_last_hour")
        latest = try row.getIfPresent("latest")
        perMinute = try row.getIfPresent("per_minute")
    }

    /// How it stands, in a word.
    func state(now: Timestamp) -> (word: String, tone: Tone) {
        if failed > 0 { return ("failing", .bad) }
        guard let latest else { return ("nothing came yet", .warn) }
        return now.microseconds - latest.microseconds > 7 * 86_400_000_000 ? ("silent", .soft) : ("receiving", .ok)
    }

    var json: JSONValue {
        .object([
            "repository": .string(name), "repository_id": .int(Int(id)),
            "projects": .array(projects.map(JSONValue.string)), "pending": .int(pending),
            "processing": .int(processing), "failed": .int(failed), "completed_last_hour": .int(completedLastHour),
            "latest": .optional(latest?.description), "per_minute": .optional(perMinute),
        ])
    }
}

/// A repository whose deliveries came, correctly signed, while no project follows it.
struct UnfollowedRepository: RowDecodable, Equatable {
    let id: Int64
    let name: String
    let seen: Timestamp

    init(row: Row) throws {
        id = try row.get("repository_id")
        name = try row.get("full_name")
        seen = try row.get("seen_at")
    }

    var connectLine: String {
        "plane-worker connect --workspace SLUG --project IDENTIFIER --repository \(name) --repository-id \(id)"
    }

    var json: JSONValue {
        .object(["repository": .string(name), "repository_id": .int(Int(id)), "seen_at": .string(seen.description)])
    }

    static let read = Read(
        """
        select u.repository_id, u.full_name, u.seen_at
        from github_sync.github_unfollowed_repositories as u
        where u.seen_at >= now() - interval '30 days'
            and not exists (
                select from public.github_repositories as r
                inner join public.github_repository_syncs as s on s.repository_id = r.id and s.deleted_at is null
                where r.repository_id = u.repository_id and r.deleted_at is null
            )
        order by u.seen_at desc
        limit 50
        """,
        as: UnfollowedRepository.self
    )
}

extension Connection {
    /// The repositories that projects follow, of one name or all.
    func repositoryRecords(_ name: String? = nil) throws -> [RepositoryRecord] {
        try run(
            """
            with followed as (
                select
                    r.repository_id, min(r.owner || '/' || r.name) as name,
                    jsonb_agg(w.slug || '/' || p.identifier order by w.slug, p.identifier) as projects
                from public.github_repository_syncs as s
                inner join public.github_repositories as r on r.id = s.repository_id and r.deleted_at is null
                inner join public.projects as p on p.id = s.project_id and p.deleted_at is null
                inner join public.workspaces as w on w.id = p.workspace_id
                where s.deleted_at is null and (\(name) is null or lower(r.owner || '/' || r.name) = lower(\(name)))
                group by r.repository_id
            )
            select
                f.repository_id, f.name as repository_name, f.projects, coalesce(q.pending, 0) as pending,
                coalesce(q.processing, 0) as processing, coalesce(q.failed, 0) as failed,
                coalesce(q.completed_last_hour, 0) as completed_last_hour, q.latest, l.per_minute
            from followed as f
            left join github_sync.github_repository_queue as q on q.repository_id = f.repository_id
            left join github_sync.github_rate_limits_waiting as l on l.repository_id = f.repository_id
            order by coalesce(q.failed, 0) > 0 desc, f.name
            limit 500
            """,
            as: RepositoryRecord.self
        )
    }
}
