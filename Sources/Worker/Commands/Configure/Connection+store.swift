import Database
import Foundation

extension Connection {
    /// Stores settings and records who changed them; the server adds its role and the time.
    func store(_ document: String, of syncID: UUID, by person: String) throws {
        try run(
            """
            with stored as (
                insert into github_sync.github_sync_settings (repository_sync_id, settings, changed_by, changed_at)
                values (
                    \(syncID), \(document)::jsonb, \(person) || ' (role ' || session_user || ')', clock_timestamp()
                )
                on conflict (repository_sync_id) do update
                set settings = excluded.settings, changed_by = excluded.changed_by, changed_at = excluded.changed_at
                returning repository_sync_id, settings, changed_by, changed_at
            )
            insert into github_sync.github_sync_settings_changes (
                repository_sync_id, settings, changed_by, changed_at
            )
            select repository_sync_id, settings, changed_by, changed_at from stored
            """
        )
    }
}
