import Base
import Migrations

/// One numbered change of our schema.
package struct Migration: Sendable, Equatable {
    package let name: String
    package let sql: String
    /// SHA-256 of the file.
    package let checksum: String
    /// The oldest program version that still works once this is applied, from the file's first line.
    package let oldestProgram: Version

    /// A migration whose first line lacks `-- Works with: x.y.z`.
    package struct HeaderMissing: Error, Equatable {
        package let name: String
    }

    init(name: String, sql: [UInt8]) throws(HeaderMissing) {
        self.name = name
        self.sql = String(decoding: sql, as: UTF8.self)
        checksum = sha256(sql).hex
        let prefix = "-- Works with: "
        let firstLine = self.sql.prefix { !$0.isNewline }
        guard firstLine.hasPrefix(prefix), let version = Version(firstLine.dropFirst(prefix.count)) else {
            throw HeaderMissing(name: name)
        }
        oldestProgram = version
    }

    /// Every migration this program carries, oldest first.
    package static func all() throws(HeaderMissing) -> [Migration] {
        var migrations: [Migration] = []
        for (name, sql) in Migrations.all { migrations.append(try Migration(name: name, sql: sql)) }
        return migrations
    }
}
