import Base
import Database
import Foundation

/// Settings as they were written, and by whom.
struct StoredSettings: RowDecodable, Equatable {
    let syncID: UUID
    let document: String
    let changedBy: String
    let changedAt: Timestamp

    init(row: Row) throws {
        syncID = try row.get("repository_sync_id")
        document = try row.get("settings")
        changedBy = try row.get("changed_by")
        changedAt = try row.get("changed_at")
    }
}

extension Connection {
    /// The settings of a connection; nil when nobody ever set any.
    func storedSettings(of syncID: UUID) throws -> StoredSettings? {
        try run(
            """
            select repository_sync_id, settings::text as settings, changed_by, changed_at
            from github_sync.github_sync_settings
            where repository_sync_id = \(syncID)
            """,
            as: StoredSettings.self
        ).first
    }

    /// Every change of a connection's settings, the oldest first.
    func settingsHistory(of syncID: UUID) throws -> [StoredSettings] {
        try run(
            """
            select repository_sync_id, settings::text as settings, changed_by, changed_at
            from github_sync.github_sync_settings_changes
            where repository_sync_id = \(syncID)
            order by id
            """,
            as: StoredSettings.self
        )
    }

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
