import Sync

/// What `configure` shall do to the settings.
enum SettingsEdit: Sendable, Equatable {
    /// The document in this file, `-` for standard input, replaces everything.
    case file(String)
    /// Changes of parts; the parent and the module of new issues are named and found in Plane.
    case changes([SettingsChange], newParent: String?, newModule: String?)
}
