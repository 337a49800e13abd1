/// The version of a Plane, as far as its tables tell: by the last migration of its app `db`.
///
/// Plane also writes a version into `instances`, but that is no better: v1.2.2 and v1.2.3 call themselves 1.2.0 there
/// unless the image says otherwise, and our roles would need a right on that table.
struct PlaneVersion: Sendable, Equatable {
    /// The versions that `sql/plane/schema.sql` was compared with, each by its last migration.
    private static let compared = [
        (last: "0120_issueview_archived_at", versions: "v1.2.2 or v1.2.3"),
        (last: "0121_alter_estimate_type", versions: "v1.3.0, v1.3.1 or preview of May 2026"),
    ]

    let lastMigration: String

    var finding: Finding {
        if let known = Self.compared.first(where: { $0.last == lastMigration }) {
            return .ok("Plane is \(known.versions), whose tables this program knows")
        }
        let newest = Self.compared[Self.compared.count - 1]
        guard lastMigration > newest.last else {
            return .warning(
                "no release of Plane that we know ends with migration \(lastMigration)",
                "run a release of Plane: this program was compared with v1.2.2 to v1.3.1"
            )
        }
        return .warning(
            "Plane is newer than \(newest.versions): its last migration is \(lastMigration)",
            "look for a newer plane-github-sync; until there is one, try this Plane with a copy of the database first"
        )
    }
}
