import Database
import Foundation
import Inspect
import Queue
import Sync

/// The settings before and after a `configure`, which a dry run does not store.
struct ConfiguredSync: Sendable {
    let sync: ConnectedSync
    let before: SyncSettings
    let after: SyncSettings
    var remarks: [String]

    var differences: [SettingsDifference] { SettingsDifference.all(from: before, to: after) }
}

extension Connection {
    /// Changes the settings of one connection in one transaction: read under a lock, checked, written.
    ///
    /// `document` is the content of the file when the edit is one.
    func configure(
        _ filter: SyncFilter,
        of repository: String,
        _ edit: SettingsEdit,
        document: SyncSettings?,
        isDryRun: Bool,
        by person: String
    ) throws -> ConfiguredSync {
        try transaction { connection in
            let sync = try connection.connectedSync(filter, of: repository)
            try connection.lockSettings(of: sync)
            let before = try connection.settings(of: sync, isReplaced: document != nil)
            let wanted = try document ?? connection.edited(before, edit, of: sync)
            let (after, remarks) = try connection.checked(wanted, insteadOf: before, of: sync)
            var configured = ConfiguredSync(sync: sync, before: before, after: after, remarks: remarks)
            guard after != before, !isDryRun else { return configured }
            try connection.store(try after.document(), of: sync.id, by: person)
            if let rate = try connection.effectiveRate(of: sync.githubID), rate != after.rate {
                configured.remarks.append(
                    "another project asks for \(rate.perMinute) a minute of the same repository, and the lowest counts"
                )
            }
            return configured
        }
    }

    /// Settings that this program cannot read must not be rewritten by it, unless they are replaced as a whole.
    private func settings(of sync: ConnectedSync, isReplaced: Bool) throws -> SyncSettings {
        guard let stored = try storedSettings(of: sync.id) else { return SyncSettings() }
        do throws(SyncSettings.DocumentProblem) {
            return try SyncSettings(document: stored.document, isStrict: true)
        } catch {
            guard !isReplaced else { return SyncSettings() }
            throw CommandFailure(
                "the settings of \(sync.place) cannot be changed by this version (\(error)): "
                    + "use the newer one that wrote them, or replace them with --file"
            )
        }
    }

    private func edited(
        _ before: SyncSettings,
        _ edit: SettingsEdit,
        of sync: ConnectedSync
    ) throws -> SyncSettings {
        guard case .changes(let changes, let newParent, let newModule) = edit else { return before }
        var settings = before
        for change in changes { change.apply(to: &settings) }
        if let newParent { settings.newIssues.parent = try parentIssue(newParent, of: sync) }
        if let newModule { settings.newIssues.module = try module(newModule, of: sync) }
        return settings
    }

    private func checked(
        _ wanted: SyncSettings,
        insteadOf before: SyncSettings,
        of sync: ConnectedSync
    ) throws -> (SyncSettings, remarks: [String]) {
        var check = SettingsCheck(wanted, insteadOf: before, of: sync, in: try catalog(of: sync.projectID))
        try check.run()
        var settings = check.settings
        try checkPaths(settings, insteadOf: before)
        if let parent = settings.newIssues.parent, parent != before.newIssues.parent {
            settings.newIssues.parent = try parentIssue(parent.name, of: sync)
        }
        if let module = settings.newIssues.module, module != before.newIssues.module {
            settings.newIssues.module = try self.module(module.name, of: sync)
        }
        let document = try settings.document()
        guard document.utf8.count <= SyncSettings.maximumSize else {
            throw CommandFailure(
                "the settings would take \(document.utf8.count) bytes, expected at most \(SyncSettings.maximumSize)"
            )
        }
        // jsonb cannot hold U+0000, and no name in Plane has one. Two backslashes are a backslash in the text, and what
        // follows them is no escape.
        guard !document.replacing("\\\\", with: "").contains("\\u0000") else {
            throw CommandFailure("the settings contain a NUL character")
        }
        return (settings, check.remarks)
    }

    private func checkPaths(_ settings: SyncSettings, insteadOf before: SyncSettings) throws {
        if settings.ignore != before.ignore {
            for predicate in settings.ignore { try checkPredicate(predicate, option: "--ignore") }
        }
        if settings.transform != before.transform {
            for rule in settings.transform {
                let option = "--transform \(rule.field.rawValue)"
                if case .path(let path) = rule.value { try checkPath(path, option: option) }
                if let condition = rule.condition { try checkPredicate(condition, option: "\(option), when") }
            }
        }
    }
}
