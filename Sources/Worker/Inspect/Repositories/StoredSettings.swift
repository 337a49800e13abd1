import Base
import Database
import Foundation
import JSON
import Sync

/// Settings as they were written, and by whom.
package struct StoredSettings: RowDecodable, Equatable {
    package let syncID: UUID
    package let document: String
    package let changedBy: String
    package let changedAt: Timestamp

    package init(row: Row) throws {
        syncID = try row.get("repository_sync_id")
        document = try row.get("settings")
        changedBy = try row.get("changed_by")
        changedAt = try row.get("changed_at")
    }
}

extension Connection {
    /// The settings of a connection; nil when nobody ever set any.
    package func storedSettings(of syncID: UUID) throws -> StoredSettings? {
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
    package func settingsHistory(of syncID: UUID) throws -> [StoredSettings] {
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
}

extension StoredSettings {
    /// What is set; what a newer version wrote counts as far as this one knows it.
    /// - Throws: `LookupFailure` for a document that cannot be read at all.
    package func settings(of sync: ConnectedSync) throws(LookupFailure) -> SyncSettings {
        do throws(SyncSettings.DocumentProblem) {
            return try SyncSettings(document: document, isStrict: false)
        } catch {
            throw LookupFailure("the settings of \(sync.place) cannot be read: \(error)")
        }
    }
}

/// A change of a connection's settings.
package struct SettingsRevision: Sendable, Equatable {
    /// The settings after it, and who made it.
    package let stored: StoredSettings
    package let differences: [SettingsDifference]

    /// The changes that made a history, which is told from the oldest on; newest first.
    package static func all(_ history: [StoredSettings], of sync: ConnectedSync) throws(LookupFailure) -> [Self] {
        var before = SyncSettings()
        var changes: [Self] = []
        for stored in history {
            let after = try stored.settings(of: sync)
            changes.append(
                Self(stored: stored, differences: SettingsDifference.all(from: before, to: after))
            )
            before = after
        }
        return changes.reversed()
    }
}
