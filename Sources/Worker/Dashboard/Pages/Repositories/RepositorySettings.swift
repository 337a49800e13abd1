import Base
import Database
import Inspect
import Sync

/// How one project wants a repository synced, and who changed that.
struct RepositorySettings: Sendable {
    private let sync: ConnectedSync
    /// Nil when nobody ever set any.
    private let stored: StoredSettings?
    private let entries: [SettingsEntry]
    /// Why the settings cannot be shown, in a sentence.
    private let problem: String?
    /// Newest first; nil where this program's role may not read them.
    private let history: [SettingsRevision]?

    /// The most changes that a page lists.
    private static let mostChanges = 20

    init(_ sync: ConnectedSync, over connection: Connection) async throws {
        self.sync = sync
        let stored = try await connection.storedSettings(of: sync.id)
        self.stored = stored
        let changes = try await PageRequest.permitted {
            try await connection.settingsHistory(of: sync.id)
        }
        let shown = Result { () throws(LookupFailure) in
            (
                try (stored?.settings(of: sync) ?? SyncSettings()).entries,
                try changes.map { changes throws(LookupFailure) in try SettingsRevision.all(changes, of: sync) }
            )
        }
        switch shown {
        case .success(let (entries, history)):
            (self.entries, self.history, problem) = (entries, history, nil)
        case .failure(let failure):
            (entries, history, problem) = ([], nil, PageProblem.sentence(failure.description))
        }
    }

    /// The settings of all projects that follow a repository; a sentence where this program's role may not read them.
    static func cards(of repository: String, _ request: PageRequest) async throws -> HTML {
        let connection = request.data.connection
        let settings = try await PageRequest.permitted {
            var settings: [RepositorySettings] = []
            for sync in try await connection.connectedSyncs(SyncFilter(repository: repository)) {
                settings.append(try await RepositorySettings(sync, over: connection))
            }
            return settings
        }
        guard let settings else { return .card("Settings", .missingRight("read settings")) }
        return settings.map { $0.card(now: request.now) }.joined()
    }

    private func card(now: Timestamp) -> HTML {
        let change: HTML =
            stored.map { "last changed \(.time($0.changedAt, now: now)) by \($0.changedBy)" }
            ?? "never changed"
        if let problem { return .card("Settings of \(sync.place)", note: change, "<p>\(problem)</p>") }
        let facts = entries.map { entry -> (name: String, value: HTML?) in
            let lines = entry.lines.map { line -> HTML in
                entry.isDefault ? "<span class=\"soft\">\(line)</span>" : "\(line)"
            }
            return (entry.name, lines.joined(separator: "<br>"))
        }
        return .card("Settings of \(sync.place)", note: change, .facts(facts) + changes(now: now))
    }

    private func changes(now: Timestamp) -> HTML {
        guard let history else { return .missingRight("read who changed them before") }
        guard !history.isEmpty else { return "" }
        let lines = history.prefix(Self.mostChanges).map { revision -> HTML in
            let words = revision.differences.flatMap(\.lines).map { line -> HTML in
                "<br><span class=\"soft\">\(line)</span>"
            }
            return """
                <li>\(Icon.people.html)\(revision.stored.changedBy) <span class="t">\
                \(.time(revision.stored.changedAt, now: now))</span>\(words)</li>
                """
        }
        let count = Number.counted(history.count, "change")
        return "<details><summary>\(count)</summary><ul class=\"log\">\(lines)</ul></details>"
    }
}
