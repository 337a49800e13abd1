/// The numbered migrations in `sql/migrations`, in the order they are applied.
package enum Migrations {
    package static let all: [(name: String, sql: [UInt8])] = [
        ("0001_events", PackageResources._001_events_sql)
    ]
}
