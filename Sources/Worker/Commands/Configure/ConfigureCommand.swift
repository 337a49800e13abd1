import Base
import Foundation
import Inspect
import JSON
import Sync

/// Changes how a project wants a repository synced.
struct ConfigureCommand: Command, Equatable {
    let filter: SyncFilter
    let repository: String
    let edit: SettingsEdit
    let isDryRun: Bool
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        repository = try arguments.requiredString("--repository", "owner/name")
        filter = try SyncFilter(arguments)
        let changes = try arguments.settingsChanges()
        let newParent = arguments.string("--new-parent")
        let newModule = arguments.string("--new-module")
        let hasChanges = !changes.isEmpty || newParent != nil || newModule != nil
        if let file = arguments.string("--file") {
            guard !hasChanges else {
                throw arguments.problem("--file replaces everything and cannot be combined with other settings")
            }
            edit = .file(file)
        } else {
            guard hasChanges else {
                throw arguments.problem("nothing to set is named, expected an option such as --accept, or --file")
            }
            edit = .changes(changes, newParent: newParent, newModule: newModule)
        }
        isDryRun = arguments.has("--dry-run")
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let document = try readDocument()
        let connection = try await context.checkedConnection(for: Self.help.name)
        let configured = try await connection.configure(
            filter,
            of: repository,
            edit,
            document: document,
            isDryRun: isDryRun,
            by: Operator.ofShell().name
        )
        if !isDryRun { try await connection.applyEffectiveRate(of: configured.sync.githubID) }
        if json {
            try context.output.print(try report(configured))
        } else {
            try context.output.print(lines(configured).map(Printable.line))
        }
    }

    /// The document of the file; nil when the edit names parts.
    private func readDocument() throws -> SyncSettings? {
        guard case .file(let file) = edit else { return nil }
        let name = file == "-" ? "standard input" : file
        let handle: FileHandle
        do {
            handle = file == "-" ? .standardInput : try FileHandle(forReadingFrom: URL(filePath: file))
        } catch {
            throw CommandFailure("--file is '\(file)', which cannot be read")
        }
        let data = try handle.read(upToCount: 2 * SyncSettings.maximumSize) ?? Data()
        guard data.count < 2 * SyncSettings.maximumSize, let text = String(bytes: data, encoding: .utf8) else {
            throw CommandFailure("\(name): expected a JSON document of at most \(SyncSettings.maximumSize) bytes")
        }
        do throws(SyncSettings.DocumentProblem) {
            return try SyncSettings(document: text, isStrict: true)
        } catch {
            throw CommandFailure("\(name): \(error)")
        }
    }

    private func lines(_ configured: ConfiguredSync) -> [String] {
        let subject = configured.sync.name
        let differences = configured.differences
        guard !differences.isEmpty else { return ["nothing to change: \(subject)"] + remarks(configured) }
        return [isDryRun ? "would change \(subject), nothing was written:" : "changed \(subject):"]
            + differences.flatMap(\.lines).map { "  \($0)" } + remarks(configured)
    }

    private func remarks(_ configured: ConfiguredSync) -> [String] { configured.remarks.map { "note: \($0)" } }

    private func report(_ configured: ConfiguredSync) throws -> JSONValue {
        .members(
            configured.sync.json + [
                ("dry_run", .bool(isDryRun)),
                ("changed", .bool(!configured.differences.isEmpty && !isDryRun)),
                ("changes", .array(configured.differences.map(\.json))),
                ("remarks", .array(configured.remarks.map(JSONValue.string))),
                ("settings", .raw(try configured.after.document())),
            ]
        )
    }
}

/// What `configure` is to do to the settings.
enum SettingsEdit: Sendable, Equatable {
    /// The document in this file, `-` for standard input, replaces everything.
    case file(String)
    /// Changes of parts; the parent and the module of new issues are named and found in Plane.
    case changes([SettingsChange], newParent: String?, newModule: String?)
}
