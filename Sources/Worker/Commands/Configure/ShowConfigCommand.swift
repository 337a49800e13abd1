import Base
import Foundation
import Inspect
import JSON
import Sync

/// Shows how projects want their repositories synced.
struct ShowConfigCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "show-config",
        summary: "show the settings of repositories, and who changed them",
        usage: """
            [--repository OWNER/NAME]
            [--workspace SLUG] [--project IDENTIFIER] [--history] [--json]
            """,
        options: SyncFilter.options + [
            Option("--history", "who changed what and when, newest first"),
            Option(
                "--json",
                "with --repository the document of that\nconnection, as configure --file takes it;\nelse one JSON object a line"
            ),
        ],
        details: [
            "Without --repository all connections are shown, each with all its settings;",
            "those that nobody set are marked as default.",
            "Keys with --json but without --repository: workspace, project, repository,",
            "repository_sync_id, changed_by, changed_at, settings. With --history, one line",
            "for each change: the first four, changed_by, changed_at, changes (list of name,",
            "before, after), settings (after the change).",
        ],
        example: [
            "plane-worker show-config --repository octocat/hello-world --json > hello.json",
            "plane-worker configure --repository octocat/hello-world --file hello.json",
        ]
    )

    let filter: SyncFilter
    let history: Bool
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        filter = try SyncFilter(arguments)
        history = arguments.has("--history")
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        let syncs = try await connection.connectedSyncs(filter)
        if let repository = filter.repository, syncs.isEmpty || (json && !history) {
            let sync = try await connection.connectedSync(filter, of: repository)
            let stored = try await connection.storedSettings(of: sync.id)
            return try context.output.print(.raw(stored?.document ?? "{}"))
        }
        guard !syncs.isEmpty else { return context.output.note("no project follows a repository") }
        for (number, sync) in syncs.enumerated() {
            if number > 0, !json { try context.output.print("") }
            if history {
                try show(try await connection.settingsHistory(of: sync.id), of: sync, on: context.output)
            } else {
                try show(try await connection.storedSettings(of: sync.id), of: sync, on: context.output)
            }
        }
    }

    private func show(_ stored: StoredSettings?, of sync: ConnectedSync, on output: Output) throws {
        guard json else { return try output.print(try Self.lines(stored, of: sync).map(Printable.line)) }
        let members: [(String, JSONValue)] = [
            ("changed_by", .optional(stored?.changedBy)),
            ("changed_at", .optional(stored?.changedAt.description)),
            ("settings", .raw(stored?.document ?? "{}")),
        ]
        try output.print(.members(sync.json + members))
    }

    /// A heading, and one line for each setting.
    static func lines(_ stored: StoredSettings?, of sync: ConnectedSync) throws -> [String] {
        let settings = try stored?.settings(of: sync) ?? SyncSettings()
        let change = stored.map { "last changed \($0.changedAt) by \($0.changedBy)" } ?? "never changed"
        return ["\(sync.name): \(change)"]
            + TextWidth.aligned(settings.entries.map { ($0.name, $0.lines) }).map { "  \($0)" }
    }

    private func show(_ changes: [StoredSettings], of sync: ConnectedSync, on output: Output) throws {
        if !json { try output.print("\(sync.name):\(changes.isEmpty ? " never changed" : "")") }
        for change in try SettingsRevision.all(changes, of: sync) {
            let stored = change.stored
            guard json else {
                let lines =
                    ["  \(stored.changedAt) by \(stored.changedBy)"]
                    + change.differences.flatMap(\.lines).map { "    \($0)" }
                try output.print(lines.map(Printable.line))
                continue
            }
            let members: [(String, JSONValue)] = [
                ("changed_by", .string(stored.changedBy)),
                ("changed_at", .string(stored.changedAt.description)),
                ("changes", .array(change.differences.map(\.json))),
                ("settings", .raw(stored.document)),
            ]
            try output.print(.members(sync.json + members))
        }
    }
}
