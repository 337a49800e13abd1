import Foundation
import TestSupport

@testable import Database
@testable import Worker

extension SyncBench {
    /// Gives every connection of the bench these settings, as `configure` stores them.
    func configure(_ document: String) async throws { try await connection.configure(document) }

    /// The links of an issue, by its number in Plane: titles, in order.
    func links(_ issue: Int) async throws -> [String] { try await connection.links(issue) }

    func history(_ issue: Int) async throws -> [String] { try await connection.history(issue) }
}

extension Connection {
    fileprivate func configure(_ document: String) throws {
        try run(
            """
            insert into github_sync.github_sync_settings (repository_sync_id, settings, changed_by)
            select id, \(document)::text::jsonb, 'a test' from public.github_repository_syncs
            on conflict (repository_sync_id) do update set settings = excluded.settings
            """
        )
    }

    fileprivate func links(_ issue: Int) throws -> [String] {
        try run(
            """
            select l.title from public.issue_links as l
            inner join public.issues as i on i.id = l.issue_id
            where i.sequence_id = \(issue) and l.deleted_at is null
            order by l.title
            """
        ).map { try $0.get("title") }
    }

    /// What Plane's history tab shows: verb, field, old and new value.
    fileprivate func history(_ issue: Int) throws -> [String] {
        try run(
            """
            select concat_ws(' ', a.verb, a.field, a.old_value, '→', a.new_value) as line
            from public.issue_activities as a
            inner join public.issues as i on i.id = a.issue_id
            where i.sequence_id = \(issue)
            order by a.created_at, a.id
            """
        ).map { try $0.get("line") }
    }
}
