import JSON

/// What changed between two settings, a thing that can be set each.
package struct SettingsDifference: Sendable, Equatable {
    let before: SettingsEntry
    let after: SettingsEntry

    package static func all(from before: SyncSettings, to after: SyncSettings) -> [SettingsDifference] {
        zip(before.entries, after.entries).map(Self.init).filter { $0.before != $0.after }
    }

    /// `name: old → new`; of lists what left (-) and what came (+).
    package var lines: [String] {
        guard max(before.values.count, after.values.count) > 1 else {
            return ["\(after.name): \(before.lines.joined()) → \(after.lines.joined())"]
        }
        let gone = before.values.filter { !after.values.contains($0) }.map { "  - \($0)" }
        let come = after.values.filter { !before.values.contains($0) }.map { "  + \($0)" }
        guard gone.isEmpty, come.isEmpty else { return ["\(after.name):"] + gone + come }
        return ["\(after.name), in another order:"] + after.values.map { "    \($0)" }
    }

    package var json: JSONValue {
        .object([
            "name": .string(after.name),
            "before": .array(before.values.map(JSONValue.string)),
            "after": .array(after.values.map(JSONValue.string)),
        ])
    }
}
