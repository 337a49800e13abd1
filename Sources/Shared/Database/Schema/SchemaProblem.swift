import Base

/// Why a program will not work with a database: one line that says what to do.
package enum SchemaProblem: Error, Equatable {
    case behind(missing: [String])
    /// The database was migrated by a newer program that this one is too old for.
    case programTooOld(needs: Version)
    case changed(migration: String)
    case notPlane
    case unknownPlane
    /// `what` is PostgreSQL's own sentence.
    case forbidden(role: String, what: String)
    /// The rights that the role of this program, a member of `group`, should have and has not.
    case rightsMissing(role: String, rights: [String], group: String)
}

extension SchemaProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .behind(let missing):
            "the database is behind (missing \(missing.joined(separator: ", "))): run plane-worker migrate"
        case .programTooOld(let needs):
            "the database needs version \(needs) or later of this program, which is \(Version.current)"
        case .changed(let migration):
            "migration \(migration) differs from the one that was applied: this program was built from a changed file"
        case .notPlane:
            "this is not Plane's database: public.django_migrations is missing, check DATABASE_URL"
        case .unknownPlane:
            "Plane's tables are not those of v1.2.2 or later (migrations 0109 and 0117): check DATABASE_URL, upgrade Plane"
        case .forbidden(let role, let what):
            "the role \(role) may not look at the schema (\(what)): run sql/roles.sql, or check the user in DATABASE_URL"
        case .rightsMissing(let role, let rights, let group):
            "the role \(role) lacks the right to \(rights.joined(separator: ", ")): "
                + "make it a member of \(group) and run sql/roles.sql again"
        }
    }
}
