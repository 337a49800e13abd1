import Database

/// One version of a row of Plane's: the id of the transaction that wrote it, PostgreSQL's `xmin`.
///
/// A change that was worked out for a row is right only for the version that was read. Plane's rows are not locked while
/// it is worked out, so that nobody waits in Plane; instead the change is refused if the row has another version by then.
struct RowVersion: SQLValue, Equatable {
    static let oid: UInt32 = 28
    static let arrayOID: UInt32 = 1011
    private let transaction: UInt32

    func appendBinary(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: transaction.bigEndian) { bytes.append(contentsOf: $0) }
    }

    init?(sqlText: UnsafeBufferPointer<UInt8>) {
        guard let transaction = UInt32(String(decoding: sqlText, as: UTF8.self)) else { return nil }
        self.transaction = transaction
    }

    /// To be read with the row.
    static func column(of table: Query) -> Query { "\(table).xmin as row_version" }

    /// Whether a row is still the one that an edit is for; an edit without a version is right for any.
    static func isCurrent(_ table: Query, for edit: Query) -> Query {
        "(\(edit).row_version is null or \(table).xmin = \(edit).row_version)"
    }

    /// Fails with a serialization failure if there are not as many edited rows as edits, counted where they have versions.
    static func require(_ count: Int, editedIn table: Query) -> Query {
        "select github_sync.require_rows(count(row_version), \(count)) from \(table)"
    }
}
