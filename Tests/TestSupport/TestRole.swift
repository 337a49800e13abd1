/// Who a connection of a test is; none is superuser.
package enum TestRole: String, Sendable, CaseIterable {
    /// Owns Plane's tables and the test's database, as Plane's own role does; a member of our owner group too, so that
    /// a test can look at everything and change it.
    case plane
    /// A member of a group role of `sql/roles.sql` each.
    case owner, ingest, worker, admin, prune, monitor, viewer

    package var login: String { "test_\(rawValue)" }
}
